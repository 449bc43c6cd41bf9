import { SignJWT } from 'jose';
import { checkAnswer } from './described.ts';
import { JWT_SECRET } from './world.ts';

export interface Claims {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly [claim: string]: unknown;
}

export interface Sent {
  /** A person of the tests' company, claims of one's own, or a whole header value; nobody when absent. */
  readonly as?: string | Claims;
  readonly bearer?: string;
  readonly body?: unknown;
  /** Sent as it stands, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out to see what happens without. */
  readonly csrf?: false;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly text: string;
}

export interface Caller {
  (method: string, path: string, sent?: Sent): Promise<Answered>;
  token(claims: string | Claims): Promise<string>;
}

/** Who works here. Everybody may ask and approve as far as a slate lets them. */
const PEOPLE: Record<string, Claims> = {
  rita: { roles: ['requester'] },
  alice: { roles: ['approver', 'requester'] },
  zoe: { roles: ['approver'] },
  bob: { roles: ['approver', 'requester'] },
  carol: { roles: ['approver'] },
  dan: { roles: ['approver'] },
  erin: { roles: ['approver'] },
  mallory: { roles: ['approver', 'requester'] },
  otto: { roles: ['auditor'] },
  ada: { roles: ['admin'] },
  ann: { roles: ['approver', 'requester'], tenant: 'acme' },
  bot: { roles: ['requester', 'approver'], kind: 'machine' },
};

export function createCaller(url: string, clock: () => number, check: boolean): Caller {
  async function token(who: string | Claims): Promise<string> {
    const claims = typeof who === 'string' ? { sub: who, ...PEOPLE[who] } : who;
    return new SignJWT({ exp: Math.floor(clock() / 1000) + 3600, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(JWT_SECRET));
  }

  async function call(method: string, path: string, sent: Sent = {}): Promise<Answered> {
    const bearer = sent.bearer ?? (sent.as === undefined ? undefined : await token(sent.as));
    const body = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    // As it is sent: dots in a path are steps up and down.
    const target = new URL(`${url}${path}`);
    const response = await fetch(target, {
      method,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(sent.csrf !== false && { 'x-puddlejumper-request': 'true' }),
        ...sent.headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const parsed: unknown = type.includes('json') && text !== '' ? JSON.parse(text) : undefined;
    const answered = { status: response.status, headers: response.headers, body: parsed, text };
    if (check) checkAnswer(method, `${target.pathname}${target.search}`, answered, type);
    return answered;
  }

  return Object.assign(call, { token });
}
