import { isIPv6 } from 'node:net';
import type { RequestHandler } from 'express';
import { TokenBucket } from 'limiter';
import type { RateLimit } from '../deps.ts';
import { Problem } from '../problems/problem.ts';

/** Addresses remembered; the longest unused go first. Whoever is forgotten starts with a full bucket. */
const MAX_ADDRESSES = 50_000;

/**
 * A token bucket for each client address.
 * @throws RangeError without a refill; its handler Problem 429 `rate_limited`, saying when a token will be there
 */
export function rateLimit(
  { capacity, refillPerSec }: RateLimit,
  maxAddresses = MAX_ADDRESSES,
): RequestHandler {
  if (!(refillPerSec > 0)) throw new RangeError('a rate limit needs a refill of more than 0 per second');
  // A Map iterates in insertion order; setting anew on every use keeps the least recent first.
  const buckets = new Map<string, TokenBucket>();

  function bucketOf(address: string): TokenBucket {
    const bucket = buckets.get(address) ?? fullBucket(capacity, refillPerSec);
    buckets.delete(address);
    buckets.set(address, bucket);
    const oldest = buckets.keys().next().value;
    if (buckets.size > maxAddresses && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  }

  return (req, _res, next) => {
    const bucket = bucketOf(networkOf(req.ip ?? ''));
    if (bucket.tryRemoveTokens(1)) return next();
    const seconds = Math.max(1, Math.ceil(bucket.getWaitTime(1) / 1000));
    throw new Problem('rate_limited', `too many requests from your address; try again in ${seconds} s`, {
      headers: { 'Retry-After': String(seconds) },
    });
  };
}

function fullBucket(capacity: number, refillPerSec: number): TokenBucket {
  const bucket = new TokenBucket({
    bucketSize: capacity,
    tokensPerInterval: refillPerSec,
    interval: 'second',
  });
  bucket.content = capacity;
  return bucket;
}

/** An IPv4 address, or the /64 that one IPv6 customer has to himself. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...new Array<string>(zeros).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
