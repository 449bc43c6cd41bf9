import { createRequest } from '../client/api.ts';
import { type ConnectOptions, connectAsSomebody } from '../client/connect.ts';
import type { Http } from '../client/http.ts';
import type { Created, Until } from '../client/wire.ts';
import { EXIT, exitCodeOfStatus } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { facts } from '../output/table.ts';
import { describeState, paintStatus } from './describe.ts';
import { parseDuration } from './duration.ts';
import { follow, sayAsked } from './follow.ts';
import { readParameters } from './parameters.ts';

/** What `request` and `run` ask with. */
export interface AskOptions extends ConnectOptions {
  readonly params?: string;
  readonly param?: readonly string[];
  readonly justification?: string;
  readonly onBehalfOf?: string;
  readonly previous?: string;
  readonly callbackUrl?: string;
  readonly state?: string;
  readonly idempotencyKey?: string;
}

export interface RequestOptions extends AskOptions {
  readonly output: Format;
  readonly wait?: boolean;
  readonly until: Until;
  readonly timeout?: string;
}

/** `countersign request`: asks, prints the request and its wait token, waits if told to. */
export async function request(io: Io, action: string, options: RequestOptions): Promise<number> {
  const timeoutMs = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const http = connectAsSomebody(options, io.env);
  const created = await ask(http, action, options);
  if (!options.wait) {
    present(io, options.output, created, () => describeCreated(io, created));
    return EXIT.ok;
  }
  sayAsked(io, created, action);
  const state = await follow(io, http, created.token, { until: options.until, timeoutMs });
  present(io, options.output, state, () => describeState(io, state));
  return exitCodeOfStatus(state.status);
}

export async function ask(http: Http, action: string, options: AskOptions): Promise<Created> {
  const asked = {
    action,
    params: readParameters(options.params, options.param),
    justification: options.justification,
    onBehalfOf: options.onBehalfOf,
    previousRequestId: options.previous,
    callbackUrl: options.callbackUrl,
    state: options.state,
  };
  return (await createRequest(http, asked, options.idempotencyKey)).body;
}

function describeCreated(io: Io, created: Created): string {
  return facts([
    ['request', created.requestId],
    ['status', paintStatus(io, created.status)],
    ['expires', created.expiresAt],
    ['escalates', created.escalateAt.join(', ') || undefined],
    ['wait token', created.token],
  ]);
}
