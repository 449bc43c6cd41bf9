export { createDispatcher } from './dispatcher.ts';
export type * from './types.ts';
