import { z } from 'zod';
import { catalogue, eventSchemas, type LedgerEventType, MetadataSchema } from './catalogue.ts';
import { newestVersion } from './upcast.ts';

/** One sentence for each event, for people who read streams. */
export const eventMeanings: Readonly<Record<LedgerEventType, string>> = {
  ApprovalRequested: 'A request was made. Holds the frozen slate and every deadline; always the first event.',
  PersonaAcknowledged: 'Somebody who holds the persona has seen the request. Fills no place of its own.',
  PersonaAcknowledgementWithdrawn: 'Whoever acknowledged took it back; votes wait until it is given again.',
  ApprovalGranted: 'One person said yes in the stage then asked.',
  DenialGiven: 'One person said no; an approval they had given in that stage no longer counts.',
  StageCompleted: 'All places of a stage are filled by different people.',
  RequestApproved: 'The request is approved: by votes, automatically, or by breaking the glass.',
  RequestDenied: 'The request is denied: as many people said no as it takes, or the glass was broken.',
  RequestCancelled: 'Whoever asked, or was asked for, took the request back.',
  RequestExpired: 'The deadline passed undecided. `expiresAt` is when it happened, `at` when it was noticed.',
  RequestEscalated: 'A rung of the escalation was due while nobody had decided.',
  ParametersOverridden: 'An approver edited the parameters; a material edit voids the approvals before it.',
  BreakGlassInvoked: 'A super-approver forced the decision that follows. Open until another one reviews it.',
  BreakGlassReviewed: 'Another super-approver signed off what was forced.',
  DispatchStarted:
    'One instance has claimed the dispatch, and begins at the first step that has not succeeded.',
  DispatchResumed: 'The lease was over, as its instance had died or was cut off: an instance goes on.',
  StepStarted: 'The connector is about to be called. Until an outcome follows, it may or may not have been.',
  StepSucceeded: 'The step was carried out. `reconciled`: its answer was lost, and it was found done.',
  StepFailed: 'The step was certainly not carried out. With `retryAt` the same dispatch tries again.',
  StepOutcomeUnknown: 'Nobody can tell whether the step was carried out. A person has to settle it.',
  StepSettled: 'A person found out, and says, what became of a step whose outcome was unknown.',
  Dispatched: 'Every step of the plan has succeeded.',
  DispatchFailed: 'The dispatch ended at a step. Another one goes on there.',
  ApprovalLapsed:
    'The approval was not used in time. `validUntil` is when it happened, `at` when it was noticed.',
  UnauthorizedAttempted:
    'Somebody tried what a rule forbids. One event for each person and rule, 100 at most.',
  RepeatReserved: 'The right to repeat a request, taken before the new request is written.',
  PolicyActivated: 'A policy came into force, kept whole with its schemas. The last one is in force.',
  SlackDeliveryClaimed:
    'One instance tells Slack everything up to a revision; others keep away until its lease ends.',
  SlackItemSent: 'Slack has the message: it said so, or it was found there after an answer was lost.',
  SlackItemGivenUp: 'Slack will never take the message, for the reason its error code names.',
  SlackDelivered: 'Slack knows everything up to the revision; ends the claim.',
  SignedCallAccepted: 'A signed call was taken. The same signature is refused from then on.',
  ClosingStarted:
    'One instance is about to tell somebody outside of the decision; others keep away until its lease ends.',
  ClosingSucceeded:
    'Whoever waited outside has been told. `reconciled`: an earlier try had, and its answer was lost.',
  ClosingFailed: 'A try to tell came to nothing, as far as is known. Without `retryAt` it is given up.',
};

const STREAMS: Readonly<Record<keyof typeof catalogue, string>> = {
  approval: '`approval-<requestId>` — one request from first to last',
  attempt: '`attempt-<requestId>` — what was refused by a rule about who may do what',
  lineage: '`lineage-<rootRequestId>` — repeats of a request',
  policy: '`policy` — every policy that ever came into force',
  slack: '`slack-<requestId>` — what Slack was told of one request; decides nothing',
  signature: '`signature-<digest>` — one signed call from outside, so that it is taken once; decides nothing',
  closing: '`closing-<requestId>` — who was told outside that the request is decided; decides nothing',
};

/** The events catalogue as Markdown, made from the schemas: what `docs/events.md` must say. */
export function catalogueMarkdown(): string {
  const sections = Object.entries(catalogue).map(([category, schemas]) =>
    [
      `## ${STREAMS[category as keyof typeof catalogue]}`,
      ...Object.keys(schemas).map((type) => eventSection(type as LedgerEventType)),
    ].join('\n\n'),
  );
  return [HEADER, fieldTable(MetadataSchema), ...sections].join('\n\n').concat('\n');
}

const HEADER = `# Events

Every step is one of these events; nothing else is ever stored. Bodies are RFC 8785 canonical JSON, kept byte for
byte. Times are RFC 3339, UTC, with milliseconds. People are written \`alice\` in the default tenant and
\`tenant/alice\` elsewhere. An older version of a body becomes the newest on reading; what is stored never changes.

This page is made from the schemas in \`packages/domain/src\` (\`pnpm docs:events\`), and a test compares the two.

## Metadata

Beside every body stands what is technical and decides nothing.`;

function eventSection(type: LedgerEventType): string {
  return [
    `### ${type} (version ${newestVersion(type)})`,
    eventMeanings[type],
    fieldTable(eventSchemas[type]),
  ].join('\n\n');
}

interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly $ref?: string;
}

function fieldTable(schema: z.ZodType): string {
  const shape = z.toJSONSchema(schema, { unrepresentable: 'any' }) as Shape;
  const rows = Object.entries(shape.properties ?? {}).map(([name, field]) => {
    const optional = shape.required?.includes(name) ? '' : ' (optional)';
    return `| \`${name}\` | ${typeText(field)}${optional} |`;
  });
  return ['| field | type |', '| --- | --- |', ...rows].join('\n');
}

function typeText(shape: Shape): string {
  if (shape.anyOf) return shape.anyOf.map(typeText).join(' or ');
  if (shape.enum) return shape.enum.map((value) => `\`${String(value)}\``).join(' · ');
  if (shape.pattern?.startsWith('^sha256:')) return 'hash';
  if (shape.type === 'array') return `list of ${typeText(shape.items ?? {})}`;
  if (shape.type === 'object' && shape.properties) {
    return `{ ${Object.keys(shape.properties)
      .map((name) => `\`${name}\``)
      .join(', ')} }`;
  }
  return typeof shape.type === 'string' ? shape.type : 'any JSON';
}
