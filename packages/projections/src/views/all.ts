import type { Projection } from '../runtime/projection.ts';
import { auditProjection } from './audit/handler.ts';
import { closingsProjection } from './closings/handler.ts';
import { deadlinesProjection } from './deadlines/handler.ts';
import { metricsProjection } from './metrics/handler.ts';
import { requestsProjection } from './requests/handler.ts';
import { slackProjection } from './slack/handler.ts';
import { statisticsProjection } from './statistics/handler.ts';

/** Every view there is. Deadlines come first: timers wait for them. */
export const PROJECTIONS: readonly Projection[] = [
  deadlinesProjection,
  requestsProjection,
  slackProjection,
  closingsProjection,
  metricsProjection,
  auditProjection,
  statisticsProjection,
];
