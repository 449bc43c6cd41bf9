import { getApproval, getEvents, type RecordedStep } from '../client/api.ts';
import { type ConnectOptions, connectAsSomebody } from '../client/connect.ts';
import type { ApprovalView } from '../client/wire.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import { type Io, printable } from '../output/io.ts';
import { facts, table } from '../output/table.ts';
import { describeProgress, paintStatus } from './describe.ts';

export interface ShowOptions extends ConnectOptions {
  readonly output: Format;
  readonly events?: boolean;
}

/** `countersign show`: a request as it stands and, if asked, how it came to be so. */
export async function show(io: Io, id: string, options: ShowOptions): Promise<number> {
  const http = connectAsSomebody(options, io.env);
  const approval = await getApproval(http, id);
  const events = options.events ? await getEvents(http, id) : undefined;
  present(io, options.output, events ? { ...approval, events } : approval, () =>
    [describeApproval(io, approval), ...(events ? ['', describeEvents(events)] : [])].join('\n'),
  );
  return EXIT.ok;
}

export function describeApproval(io: Io, approval: ApprovalView): string {
  const { decision, breakGlass } = approval;
  const personas = approval.personas.map(({ name, ackedBy }) => `${name} (${ackedBy ?? 'missing'})`);
  return facts([
    ['request', approval.approvalId],
    ['action', printable(approval.action)],
    ['status', paintStatus(io, approval.status)],
    ['decided', decision ? `${decision.outcome} by ${printable(decision.by)} at ${decision.at}` : undefined],
    ['note', decision?.note === undefined ? undefined : printable(decision.note)],
    ['broken glass', breakGlass ? printable(`${breakGlass.by}: ${breakGlass.reason}`) : undefined],
    ['requester', printable(approval.requester.sub)],
    ['on behalf of', approval.onBehalfOf === undefined ? undefined : printable(approval.onBehalfOf)],
    ['why', approval.justification === undefined ? undefined : printable(approval.justification)],
    ['parameters', printable(JSON.stringify(approval.params))],
    ['params hash', approval.paramsHash],
    ['acknowledged', printable(personas.join(', ')) || undefined],
    ['approved by', printable(approval.approvers.map(({ sub }) => sub).join(', ')) || undefined],
    ['denied by', printable(approval.denials.map(({ sub }) => sub).join(', ')) || undefined],
    ['progress', describeProgress(approval.progress) || undefined],
    ['escalated', approval.escalated.length > 0 ? `${approval.escalated.length} times` : undefined],
    ['created', approval.created_at],
    ['expires', approval.expires_at],
  ]);
}

function describeEvents(events: readonly RecordedStep[]): string {
  const rows = events.map(({ at, type, actor }) => [at, type, printable(actor?.sub ?? ''), actor?.via ?? '']);
  return table(['AT', 'EVENT', 'BY', 'VIA'], rows);
}
