import { usageError } from '../cli-error.ts';
import * as api from '../client/api.ts';
import { type ConnectOptions, connectAsSomebody } from '../client/connect.ts';
import type { ApprovalView } from '../client/wire.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { describeApproval } from './show.ts';

interface Common extends ConnectOptions {
  readonly output: Format;
}

export interface VoteOptions extends Common {
  readonly note?: string;
  readonly paramsHash?: string;
  readonly stage?: string;
  readonly override?: readonly string[];
}

/** `countersign approve | deny`. */
export async function vote(
  io: Io,
  id: string,
  status: 'approved' | 'rejected',
  options: VoteOptions,
): Promise<number> {
  const { readParameters } = await import('./parameters.ts');
  const { note, paramsHash, stage, override } = options;
  const overrides = override === undefined ? undefined : readParameters(undefined, override);
  const http = connectAsSomebody(options, io.env);
  return show(io, options, await api.decide(http, id, { status, note, paramsHash, stage, overrides }));
}

export interface AckOptions extends Common {
  readonly withdraw?: boolean;
}

/** `countersign ack`. */
export async function acknowledge(io: Io, id: string, persona: string, options: AckOptions): Promise<number> {
  const http = connectAsSomebody(options, io.env);
  const change = options.withdraw ? api.withdrawAcknowledgement : api.acknowledge;
  return show(io, options, await change(http, id, persona));
}

export interface CancelOptions extends Common {
  readonly reason?: string;
}

/** `countersign cancel`. */
export async function cancel(io: Io, id: string, options: CancelOptions): Promise<number> {
  const http = connectAsSomebody(options, io.env);
  return show(io, options, await api.cancel(http, id, options.reason));
}

export interface BreakGlassOptions extends Common {
  readonly reason: string;
  readonly approve?: boolean;
  readonly deny?: boolean;
}

/** `countersign break-glass`. */
export async function breakGlass(io: Io, id: string, options: BreakGlassOptions): Promise<number> {
  if (options.approve === options.deny) throw usageError('say exactly one of --approve and --deny');
  const http = connectAsSomebody(options, io.env);
  const status = options.approve ? 'approved' : 'rejected';
  return show(io, options, await api.breakGlass(http, id, { status, reason: options.reason }));
}

export interface ReviewOptions extends Common {
  readonly note?: string;
}

/** `countersign review`. */
export async function review(io: Io, id: string, options: ReviewOptions): Promise<number> {
  const http = connectAsSomebody(options, io.env);
  return show(io, options, await api.reviewBreakGlass(http, id, options.note));
}

function show(io: Io, { output }: Common, approval: ApprovalView): number {
  present(io, output, approval, () => describeApproval(io, approval));
  return EXIT.ok;
}
