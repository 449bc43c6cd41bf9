import { isIP } from 'node:net';
import type { InputFault, Json, JsonObject } from '@countersign/domain';
import type { AddressJudge } from '../http/address.ts';
import { type Formats, holdsTemplate } from '../step/input.ts';

/** Input of `post`. */
export interface PostInput {
  readonly url: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** The receiver promises to know a webhook-id again, so that a call whose outcome was lost may be sent again. */
  readonly idempotent?: boolean;
}

export const MAX_BODY_BYTES = 262_144;

export const POST_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'body'],
  properties: {
    url: { type: 'string', maxLength: 2000, format: 'webhook-url' },
    body: {},
    headers: {
      type: 'object',
      maxProperties: 20,
      propertyNames: { format: 'header-name' },
      additionalProperties: { type: 'string', maxLength: 2000, format: 'header-value' },
    },
    idempotent: { type: 'boolean' },
  },
};

/** Belong to the connection, to the message as it is sent, or to the signature. */
const OURS =
  /^(host|content-(length|type|encoding)|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|accept-encoding|user-agent|webhook-.*)$/i;
/** Would put a credential into the plan, and so on the record for good. */
const CREDENTIAL =
  /^((set-)?cookie2?|.*auth(oriz|entic)ation.*|(.*[-_])?(x-)?(api-?key|access-?key|auth|token|secret|password|passwd|credentials?|signature)([-_].*)?)$/i;

/** Whether a URL, or a part of one, carries a credential that is plain to see: a user, a password, a member of its query. */
export function holdsCredential(url: string): boolean {
  const parsed = URL.parse(url, 'https://relative.invalid');
  if (!parsed) return false;
  const names = [...parsed.searchParams.keys()];
  return parsed.username !== '' || parsed.password !== '' || names.some(isCredential);
}

/** `sig` is the signature of an address that is itself a permission. */
function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) || /^sig$/i.test(name);
}

/** @param judge says whether an address in the URL itself is refused */
export function postFormats(allowHttp: boolean, judge: AddressJudge): Formats {
  const schemes = allowHttp ? ['https:', 'http:'] : ['https:'];
  return {
    'webhook-url': {
      detail: `must be ${allowHttp ? 'an http or https' : 'an https'} URL without user, password and fragment, to a public address`,
      test(text) {
        const url = URL.parse(text);
        if (!url || !schemes.includes(url.protocol) || url.username || url.password || url.hash) return false;
        const host = url.hostname.replace(/^\[|\]$/g, '');
        return isIP(host) === 0 || judge(host) === undefined;
      },
    },
    'header-name': {
      detail:
        'is not a header that may be given: names are letters, digits and hyphens; those of the connection and of the signature are ours, and credentials are configured for the endpoint',
      test: (name) => /^[A-Za-z0-9_-]{1,100}$/.test(name) && !OURS.test(name) && !CREDENTIAL.test(name),
    },
    'header-value': {
      detail: 'must be printable ASCII, without spaces at its ends',
      test: (value) => /^([!-~]([ -~]*[!-~])?)?$/.test(value),
    },
  };
}

/** @param signed whether there is a secret to sign calls to a URL with */
export function postFaults({ url, body }: PostInput, signed: (url: URL) => boolean): InputFault[] {
  const faults: InputFault[] = [];
  const parsed = holdsTemplate(url) ? null : URL.parse(url);
  if (parsed && !signed(parsed)) {
    faults.push({ pointer: '/url', detail: 'has no signing secret, neither its own nor a general one' });
  }
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (bytes > MAX_BODY_BYTES) {
    faults.push({
      pointer: '/body',
      detail: `has ${bytes} bytes as JSON; at most ${MAX_BODY_BYTES} are sent`,
    });
  }
  return faults;
}
