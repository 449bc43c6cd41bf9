import type { ApiDeps } from '../deps.ts';
import { reloadPolicy } from './admin-policy.ts';
import { projectionRebuild, projectionsList } from './admin-projections.ts';
import { breakGlass, breakGlassReview } from './approval-break-glass.ts';
import { approvalCancel } from './approval-cancel.ts';
import { approvalCount } from './approval-count.ts';
import { approvalDecide } from './approval-decide.ts';
import { approvalEvents } from './approval-events.ts';
import { approvalGet } from './approval-get.ts';
import { approvalList } from './approval-list.ts';
import { personaAcknowledge, personaWithdraw } from './approval-personas.ts';
import { auditLog } from './audit.ts';
import { guardRequest } from './guard-request.ts';
import { health, healthz, readyz } from './health.ts';
import { openApi } from './openapi.ts';
import type { Route } from './route.ts';
import { slackEvents } from './slack-events.ts';
import { eventsStream, guardWait, guardWaitSse, metrics } from './streams.ts';
import { whoami } from './whoami.ts';

const described: readonly Route[] = [
  guardRequest,
  guardWait,
  guardWaitSse,
  approvalList,
  approvalCount,
  approvalGet,
  approvalEvents,
  approvalDecide,
  personaAcknowledge,
  personaWithdraw,
  approvalCancel,
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

/** Every route of a server, the one that Slack calls only where it is connected to it over HTTP. */
export function routesOf({ slack }: Pick<ApiDeps, 'slack'>): readonly Route[] {
  const all = slack?.handler ? [slackEvents(slack.handler), ...described] : described;
  return [...all, openApi(all)];
}

/** Every route of a server without Slack. */
export const routes: readonly Route[] = routesOf({});
