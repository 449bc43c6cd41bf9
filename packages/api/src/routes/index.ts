import type { ApiDeps } from '../deps.ts';
import { reloadPolicy } from './admin-policy.ts';
import { projectionRebuild, projectionsList } from './admin-projections.ts';
import { breakGlass, breakGlassReview } from './approval-break-glass.ts';
import { approvalCancel } from './approval-cancel.ts';
import { approvalCount } from './approval-count.ts';
import { approvalDecide } from './approval-decide.ts';
import { approvalDispatch } from './approval-dispatch.ts';
import { approvalEvents } from './approval-events.ts';
import { approvalGet } from './approval-get.ts';
import { approvalList } from './approval-list.ts';
import { personaAcknowledge, personaWithdraw } from './approval-personas.ts';
import { approvalSettle } from './approval-settle.ts';
import { auditLog } from './audit.ts';
import { gitHubWebhook } from './github-webhook.ts';
import { guardRequest } from './guard-request.ts';
import { health, healthz, readyz } from './health.ts';
import { openApi } from './openapi.ts';
import { pjExecute } from './pj-execute.ts';
import type { Route } from './route.ts';
import { slackEvents } from './slack-events.ts';
import { eventsStream, guardWait, guardWaitSse, metrics } from './streams.ts';
import { whoami } from './whoami.ts';

const described: readonly Route[] = [
  guardRequest,
  guardWait,
  guardWaitSse,
  pjExecute,
  approvalList,
  approvalCount,
  approvalGet,
  approvalEvents,
  approvalDecide,
  personaAcknowledge,
  personaWithdraw,
  approvalCancel,
  approvalDispatch,
  approvalSettle,
  breakGlass,
  breakGlassReview,
  eventsStream,
  auditLog,
  whoami,
  reloadPolicy,
  projectionsList,
  projectionRebuild,
  healthz,
  readyz,
  health,
  metrics,
];

/** Every route of a server; those that Slack and GitHub call only where it is connected to them over HTTP. */
export function routesOf({ slack, github }: Pick<ApiDeps, 'slack' | 'github'>): readonly Route[] {
  const all = [
    ...(slack?.handler ? [slackEvents(slack.handler)] : []),
    ...(github ? [gitHubWebhook(github)] : []),
    ...described,
  ];
  return [...all, openApi(all)];
}

/** Every route of a server without Slack and GitHub. */
export const routes: readonly Route[] = routesOf({});
