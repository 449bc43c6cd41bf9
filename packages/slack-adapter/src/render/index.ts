export { personaOf, personaValue } from './persona-value.ts';
export * from './target.ts';
export type * from './types.ts';
