import type { Connector } from '@countersign/domain';
import { type AddressJudge, addressJudge } from '../http/address.ts';
import { HttpFault } from '../http/fault.ts';
import { stopOf } from '../http/judge.ts';
import { type Send, sender } from '../http/send.ts';
import { SettingsError, type Surroundings } from '../settings.ts';
import { connectorOf } from '../step/connector.ts';
import { plainKey } from '../step/key.ts';
import type { OperationOf } from '../step/operation.ts';
import { secrets } from '../step/secrets.ts';
import { resultOf } from './answer.ts';
import { POST_SCHEMA, type PostInput, postFaults, postFormats } from './input.ts';
import { type Receiver, receivers, secretsIn, type WebhookSettings } from './settings.ts';
import { signatureHeaders } from './sign.ts';

const MAX_ANSWER_BYTES = 65_536;

/**
 * Signed webhooks by Standard Webhooks 1.0 to any public https URL.
 * @param settings undefined leaves it unconfigured
 * @throws SettingsError
 */
export function webhookConnector(settings: WebhookSettings = {}, surroundings: Surroundings): Connector {
  const judge = judgeOf(settings.allowAddresses ?? []);
  const receiverOf = receivers(settings);
  const send = sender({
    judge,
    timeoutMs: settings.timeoutMs ?? 20_000,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    ...(surroundings.lookup === undefined ? {} : { lookup: surroundings.lookup }),
  });
  const signs = [settings, ...(settings.endpoints ?? [])].some((one) => (one.secrets ?? []).length > 0);
  return connectorOf({
    name: 'webhook',
    operations: { post: post(send, receiverOf, surroundings.now) },
    formats: postFormats(settings.allowHttp ?? false, judge),
    secrets: secrets(secretsIn(settings)),
    unconfigured: signs ? undefined : 'it has no signing secret',
    // There is nobody to ask: each receiver is another.
    health: async () => {},
  });
}

function post(send: Send, receiverOf: (url: URL) => Receiver, now: () => number): OperationOf<PostInput> {
  return {
    schema: POST_SCHEMA,
    faults: (input) => postFaults(input, (url) => receiverOf(url).keys.length > 0),
    dryRun({ input, idempotencyKey }) {
      const { keys, headers } = receiverOf(new URL(input.url));
      const bytes = Buffer.byteLength(JSON.stringify(input.body));
      return {
        summary: `POST ${bytes} bytes of JSON to ${input.url}, signed`,
        details: {
          method: 'POST',
          url: input.url,
          headers: { ...input.headers, 'webhook-id': plainKey(idempotencyKey) },
          configuredHeaders: Object.keys(headers),
          signatures: keys.length,
          body: input.body,
        },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const url = new URL(input.url);
      const { keys, headers } = receiverOf(url);
      const body = JSON.stringify(input.body);
      const answer = await send({
        method: 'POST',
        url,
        headers: {
          ...input.headers,
          ...headers,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          ...signatureHeaders(plainKey(idempotencyKey), now(), body, keys),
        },
        body,
        signal,
      }).catch((error: unknown) => {
        throw error instanceof HttpFault ? stopOf(error) : error;
      });
      return resultOf(answer, now());
    },
    async reconcile({ input }) {
      // Standard Webhooks has receivers take a webhook-id as idempotency key; not all do, so the plan must say it.
      if (input.idempotent) return { found: 'not_done' };
      return {
        found: 'cannot_tell',
        why: 'a webhook\'s receiver can\'t be asked; say "idempotent": true where it knows a webhook-id again',
      };
    },
  };
}

function judgeOf(allowed: readonly string[]): AddressJudge {
  try {
    return addressJudge(allowed);
  } catch (error) {
    throw new SettingsError('webhook.allowAddresses', (error as Error).message);
  }
}
