import type { Json, JsonObject } from '@countersign/domain';
import type { HttpAnswer } from '../http/exchange.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { failed, failedForNow, unknown } from '../step/stop.ts';
import { holdsCredential } from './input.ts';

/** Refused for the moment: the request timed out on its way in, came too early, or is one too many. */
const LATER = [408, 425, 429];
const MAX_FIELD = 500;

/**
 * The result for the record of a receiver's answer.
 * @throws Stop for every answer but a 2xx
 */
export function resultOf(answer: HttpAnswer, nowMs: number): JsonObject {
  const { status, headers } = answer;
  const says = `the receiver answered ${status}`;
  if (status >= 200 && status < 300) return { status, ...toldIn(answer) };
  if (status >= 500) throw unknown(says);
  if (status >= 300 && status < 400) throw failed(`${says}: redirects are not followed`);
  if (LATER.includes(status)) throw failedForNow(says, retryAfterMs(headers['retry-after'], nowMs));
  throw failed(status === 410 ? `${says}: it wants no more of these` : says);
}

/** What a JSON answer says of the thing it made, but for what would put a credential on the record. */
function toldIn({ body, whole, headers }: HttpAnswer): JsonObject {
  if (!whole || !/^application\/([\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '')) return {};
  let told: Json;
  try {
    told = JSON.parse(body.toString()) as Json;
  } catch {
    return {}; // It was accepted, whatever it says of itself.
  }
  if (told === null || typeof told !== 'object' || Array.isArray(told)) return {};
  const fields: JsonObject = {};
  for (const name of ['id', 'url', 'location']) {
    const value = told[name];
    if (isFit(value)) fields[name] = value;
  }
  return fields;
}

function isFit(value: Json | undefined): value is string | number {
  if (typeof value === 'string') return value.length <= MAX_FIELD && !holdsCredential(value);
  return Number.isFinite(value);
}
