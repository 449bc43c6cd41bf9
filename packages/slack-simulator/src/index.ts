export type { Surface } from './block-kit/blocks.ts';
export { blockFaults, viewFaults } from './block-kit/judge.ts';
export * from './types.ts';
