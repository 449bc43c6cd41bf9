import type { ApprovalEventOf, Via } from '@countersign/domain';
import { noted } from '../parts/ended.ts';
import { jsonWidth } from '../text/clean.ts';
import { joinWithin } from '../text/join.ts';
import { jsonText } from '../text/json.ts';
import { bold, code, quoted } from '../text/mrkdwn.ts';
import { notified, person } from '../text/people.ts';
import type { Happened, Picture } from '../types.ts';

/** Every step of a request as one line of its thread. */

const MAX_NAME = 60;
const MAX_VALUE = 80;
/** Of changes with their values, and of the names of those that find no room with theirs. */
const MAX_CHANGES = 1200;
const MAX_NAMES = { parts: 20, width: 1400 };

/** @returns null for what the thread does not tell: another line, or the message itself, says it */
export function threadLine(picture: Picture, { event }: Happened): string | null {
  switch (event.type) {
    case 'PersonaAcknowledged':
      return `👀 ${by(picture, event.data)} acknowledged for ${bold(event.data.persona, MAX_NAME)}`;
    case 'PersonaAcknowledgementWithdrawn':
      return `🔙 ${by(picture, event.data)} withdrew the acknowledgement for ${bold(event.data.persona, MAX_NAME)}`;
    case 'ApprovalGranted':
      return `👍 ${by(picture, event.data)} approved${inStage(picture, event.data.stage)}${noted(event.data.note)}`;
    case 'DenialGiven':
      return `👎 ${by(picture, event.data)} denied${inStage(picture, event.data.stage)}${noted(event.data.note)}`;
    case 'StageCompleted':
      return stagesOf(picture).length > 1 ? `🏁 Stage ${bold(event.data.name, MAX_NAME)} is complete` : null;
    case 'ParametersOverridden':
      return edited(picture, event.data);
    case 'RequestEscalated':
      return escalated(picture, event.data);
    case 'BreakGlassInvoked':
      return `🚨 ${by(picture, event.data)} broke the glass: *${event.data.status}*${noted(event.data.reason)}`;
    case 'BreakGlassReviewed':
      return `🔎 ${by(picture, event.data)} reviewed the broken glass${noted(event.data.note)}`;
    case 'RequestApproved':
    case 'RequestDenied':
    case 'RequestCancelled':
    case 'RequestExpired':
      return outcome(picture, event);
    default:
      return null;
  }
}

type Decided = ApprovalEventOf<'RequestApproved' | 'RequestDenied' | 'RequestCancelled' | 'RequestExpired'>;

/** What broke the glass has its own line; what votes decided was told by whom before. */
function outcome(picture: Picture, { type, data }: Decided): string | null {
  switch (type) {
    case 'RequestApproved':
      if (data.how === 'break-glass') return null;
      return data.how === 'automatic'
        ? '✅ *Approved* automatically: the policy asks nobody'
        : '✅ *Approved*';
    case 'RequestDenied':
      return data.how === 'break-glass' ? null : '⛔ *Denied*';
    case 'RequestCancelled':
      return `⚪ *Cancelled* by ${person(picture, data.by.sub)}${noted(data.reason)}`;
    case 'RequestExpired':
      return '⌛ *Expired* undecided';
  }
}

function edited(picture: Picture, data: ApprovalEventOf<'ParametersOverridden'>['data']): string {
  const effect = data.material ? 'earlier approvals no longer count' : 'earlier approvals stand';
  const what = `${by(picture, data)} edited the parameters (revision ${data.planRevision})`;
  return `📝 ${what}: ${changesIn(data.diff)}; ${effect}`;
}

/** Nothing that was edited goes without its name, since somebody else answers for it too. */
function changesIn(diff: ApprovalEventOf<'ParametersOverridden'>['data']['diff']): string {
  const changes = diff.map(({ key, from, to }) => {
    const before = from === undefined ? '(nothing)' : code(jsonText(from), MAX_VALUE);
    return `${code(key, MAX_NAME)} ${before} → ${code(jsonText(to), MAX_VALUE)}`;
  });
  let width = 0;
  const room = changes.findIndex((change, index) => {
    width += jsonWidth(change) + 2;
    return index > 0 && width > MAX_CHANGES;
  });
  if (room === -1) return changes.join(', ');
  const others = diff.slice(room).map(({ key }) => code(key, MAX_NAME));
  return `${changes.slice(0, room).join(', ')}, and also ${joinWithin(others, ', ', MAX_NAMES)}`;
}

function escalated(picture: Picture, { rung, notify }: ApprovalEventOf<'RequestEscalated'>['data']): string {
  const rungs = picture.approval.request.escalations.length;
  const which = rungs > 1 ? ` (${rung + 1} of ${rungs})` : '';
  const told = notify.length === 0 ? '' : `: ${notified(picture, notify)}`;
  return `🟠 Still undecided, escalated${which}${told}`;
}

const WAYS: Readonly<Partial<Record<Via, string>>> = {
  api: 'through the API',
  cli: 'from the command line',
  console: 'in the console',
  email: 'by e-mail',
  webhook: 'through a webhook',
};

function by(
  picture: Picture,
  { by: actor }: { readonly by: { readonly sub: string; readonly via: Via } },
): string {
  const way = WAYS[actor.via];
  return person(picture, actor.sub) + (way === undefined ? '' : ` (${way})`);
}

function inStage(picture: Picture, stage: number): string {
  const stages = stagesOf(picture);
  const name = stages[stage]?.name;
  return stages.length > 1 && name !== undefined ? ` stage ${quoted(name, MAX_NAME)}` : '';
}

function stagesOf({ approval }: Picture) {
  return approval.request.slate.stages;
}
