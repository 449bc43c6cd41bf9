export * from './approval/actor.ts';
export * from './approval/approvers.ts';
export * from './approval/commands.ts';
export * from './approval/decide.ts';
export * from './approval/eligibility.ts';
export * from './approval/events.ts';
export * from './approval/evolve.ts';
export * from './approval/matching.ts';
export * from './approval/outcome.ts';
export { mustMayAsk } from './approval/request.ts';
export * from './approval/slate.ts';
export * from './approval/state.ts';
export * from './attempt/decide.ts';
export * from './attempt/events.ts';
export * from './canonical/derived-id.ts';
export * from './canonical/hash.ts';
export * from './canonical/instant.ts';
export * from './canonical/json.ts';
export * from './canonical/pointer.ts';
export * from './catalogue.ts';
export * from './catalogue-text.ts';
export * from './closing/calls.ts';
export * from './closing/decide.ts';
export * from './closing/events.ts';
export * from './closing/state.ts';
export * from './codec.ts';
export * from './dispatch/checks.ts';
export * from './dispatch/commands.ts';
export type * from './dispatch/connector.ts';
export * from './dispatch/current-plan.ts';
export * from './dispatch/events.ts';
export * from './dispatch/plan.ts';
export * from './dispatch/render.ts';
export type * from './dispatch/state.ts';
export { stepKey } from './dispatch/step-key.ts';
export * from './lineage/decide.ts';
export * from './lineage/events.ts';
export { formatPolicyError, type PolicyError } from './policy/errors.ts';
export * from './policy/events.ts';
export { type ExplainedSource, type Explanation, explainAction } from './policy/explain.ts';
export { formatExplanation, formatSeconds } from './policy/explain-text.ts';
export { policyHash } from './policy/hash.ts';
export { type LoadedPolicy, loadPolicy, type PolicySource, schemaPathsOf } from './policy/load.ts';
export { ACTION_NAME, DEFAULT_TIMEOUT_SEC } from './policy/model.ts';
export { type ParamsFault, paramsFaults } from './policy/params-schema.ts';
export * from './policy/policy.ts';
export {
  comparableHash,
  findReservedKeys,
  holdsSealed,
  isSealed,
  needsSealing,
  openParams,
  paramsHashOf,
  type Sealing,
  type SealKeys,
  sealParams,
} from './policy/sealing.ts';
export * from './principal.ts';
export * from './refusal.ts';
export * from './slack/delivery.ts';
export * from './slack/events.ts';
export * from './upcast.ts';
