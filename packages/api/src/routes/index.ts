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

/** Every route there is. */
export const routes: readonly Route[] = [...described, openApi(described)];
