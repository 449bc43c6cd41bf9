import { acknowledge, createRequest, decide, getEvents, listApprovals } from '../client/api.ts';
import { openEvents } from '../client/events.ts';
import type { Http } from '../client/http.ts';
import { ProblemError } from '../client/problem.ts';
import type { Created, Enveloped, GuardState } from '../client/wire.ts';
import type { Delta } from './metrics.ts';
import type { People } from './people.ts';
import type { Checker } from './report.ts';

/** One whole life of a request. @returns what the metrics must show afterwards */
export type Scenario = (people: People, check: Checker) => Promise<Delta[]>;

export const SCENARIOS: Readonly<Record<string, Scenario>> = { approve, deny, expire };

const TIMEOUT_MS = 30_000;

async function approve(people: People, check: Checker): Promise<Delta[]> {
  const action = 'smoke.approve';
  const { ci, bob, dan } = people;
  const created = await ask(ci, action, check, 'awaiting_personas');
  const streamed = followStream(ci, created.token);
  await refused(check, 'no approval before the personas', ['personas_pending'], () =>
    decide(bob, created.requestId, { status: 'approved' }),
  );
  await acknowledge(bob, created.requestId, 'on-call');
  const ready = await acknowledge(dan, created.requestId, 'security');
  check.must('both personas acknowledged: pending', ready.status === 'pending', ready.status);
  const half = await decide(bob, created.requestId, { status: 'approved', paramsHash: created.paramsHash });
  check.must('one group is not enough', half.status === 'pending', half.status);
  const done = await decide(dan, created.requestId, { status: 'approved', paramsHash: created.paramsHash });
  check.must('two people of two groups approve', done.status === 'approved', done.status);

  const states = (await streamed).map(({ status }) => status);
  check.note('the stream ends with the decision', states.at(-1) === 'approved', states.join(' → '));
  check.note('and shows a state before it', states.length > 1, `${states.length} states`);
  await foundLater(people, created, 'approved', 'RequestApproved', check);
  return [
    ...common(action, 'approved'),
    { series: `approvals_total{action="${action}"}`, by: 1 },
    { series: 'persona_ack_latency_seconds_count{persona="on-call"}', by: 1 },
    { series: 'persona_ack_latency_seconds_count{persona="security"}', by: 1 },
  ];
}

async function deny(people: People, check: Checker): Promise<Delta[]> {
  const action = 'smoke.deny';
  const { ci, carol } = people;
  const created = await ask(ci, action, check, 'pending');
  const polled = ci.send<GuardState>({
    path: '/api/guard/wait',
    query: { token: created.token, timeoutSec: 30 },
    timeoutMs: TIMEOUT_MS + 5000,
  });
  const denied = await decide(carol, created.requestId, { status: 'rejected', note: 'smoke' });
  check.must('one denial ends it', denied.status === 'rejected', denied.status);
  const { status, decision } = (await polled).body;
  check.note('the long poll answers with it', status === 'denied' && decision?.by === 'carol', status);
  check.note('and with its note', decision?.note === 'smoke', decision?.note);
  await refused(check, 'nothing is decided twice', ['already_decided'], () =>
    decide(people.bob, created.requestId, { status: 'approved' }),
  );
  await foundLater(people, created, 'rejected', 'RequestDenied', check);
  return [...common(action, 'denied'), { series: `denies_total{action="${action}"}`, by: 1 }];
}

async function expire(people: People, check: Checker): Promise<Delta[]> {
  const action = 'smoke.expire';
  const created = await ask(people.ci, action, check, 'pending');
  const states = (await followStream(people.ci, created.token)).map(({ status }) => status);
  check.must('it expires by itself', states.at(-1) === 'expired', states.join(' → '));
  const late = Date.now() - Date.parse(created.expiresAt);
  check.note('in time', late < 5000, `${late} ms after its deadline`);
  await refused(check, 'a late click is refused', ['expired', 'already_decided'], () =>
    decide(people.bob, created.requestId, { status: 'approved' }),
  );
  const types = (await getEvents(people.alice, created.requestId)).map(({ type }) => type);
  const rungs = types.filter((type) => type === 'RequestEscalated').length;
  check.note(
    'each rung fired once before that',
    rungs === created.escalateAt.length && rungs > 0,
    `${rungs} rungs`,
  );
  await foundLater(people, created, 'expired', 'RequestExpired', check);
  return [
    ...common(action, 'expired'),
    { series: `expired_total{action="${action}"}`, by: 1 },
    { series: `escalations_total{action="${action}"}`, by: created.escalateAt.length },
  ];
}

function common(action: string, outcome: string): Delta[] {
  return [
    { series: `approval_requests_total{action="${action}"}`, by: 1 },
    { series: `decision_latency_seconds_count{action="${action}",outcome="${outcome}"}`, by: 1 },
    { series: `pending_requests{action="${action}"}`, by: 0 },
  ];
}

async function ask(http: Http, action: string, check: Checker, expected: string): Promise<Created> {
  const { body } = await createRequest(http, {
    action,
    params: { by: 'smoke' },
    justification: 'smoke test',
  });
  check.must(
    `a request for ${action} is ${expected}`,
    body.status === expected,
    `${body.requestId} ${body.status}`,
  );
  return body;
}

async function followStream(http: Http, token: string): Promise<GuardState[]> {
  const states: GuardState[] = [];
  const call = { path: '/api/guard/wait-sse', query: { token }, signal: AbortSignal.timeout(TIMEOUT_MS) };
  for await (const message of openEvents(http, call)) {
    if (message.event === 'state') states.push(JSON.parse(message.data) as GuardState);
  }
  return states;
}

async function refused(
  check: Checker,
  what: string,
  codes: readonly string[],
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
    check.note(what, false, 'it was accepted');
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    check.note(what, codes.includes(error.problem.code ?? ''), error.problem.code);
  }
}

/** The read side: the list and the audit log, as soon as they hold what was written. */
async function foundLater(
  { alice, auditor }: People,
  { requestId }: Created,
  status: string,
  event: string,
  check: Checker,
): Promise<void> {
  const minPosition = (await getEvents(alice, requestId)).at(-1)?.position;
  const page = await listApprovals(alice, { status, limit: 100, minPosition });
  const listed = page.items.find(({ approvalId }) => approvalId === requestId);
  check.note('the list shows it', listed?.status === status, listed?.status ?? 'not listed');
  const { body } = await auditor.send<Enveloped<{ items: { type: string }[] }>>({
    path: '/api/audit',
    query: { requestId, minPosition },
  });
  const types = body.data.items.map(({ type }) => type);
  check.note(
    'the audit log tells of it',
    types.includes(event) && types.includes('ApprovalRequested'),
    types.join(', '),
  );
}
