export * from './closing/index.ts';
export * from './dispatch/index.ts';
export { startTimers, type Timers, type TimersOptions } from './timers.ts';
