export { markWaiting } from './http.ts';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';
export { metricsRoute } from './route.ts';
export { isSecurityEvent, SECURITY_EVENTS, type SecurityEvent } from './security.ts';
