export type {
  SlackAdapter,
  SlackAdapterOptions,
  SlackCredentials,
  SlackHealth,
  SlackLimits,
  SlackSignals,
} from './types.ts';
