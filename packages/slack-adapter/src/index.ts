export { createSlackAdapter, DEFAULT_SLACK_LIMITS } from './adapter.ts';
export type {
  SlackAdapter,
  SlackAdapterOptions,
  SlackCredentials,
  SlackHealth,
  SlackLimits,
  SlackSignals,
} from './types.ts';
