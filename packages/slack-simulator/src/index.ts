export type { Surface } from './block-kit/blocks.ts';
export { blockFaults, viewFaults } from './block-kit/judge.ts';
export { startSimulator } from './start.ts';
export * from './types.ts';
export { toRemains } from './workspace/remains.ts';
