/**
 * What it takes to read recorded events, for threads that do little else: the policy's file formats and the rules that
 * decide stay out, whose libraries would take a good part of such a thread's start.
 */
export { slateMembers } from './approval/eligibility.ts';
export { sha256 } from './canonical/hash.ts';
export { parseEvent } from './codec.ts';
export { comparableHash } from './policy/sealing.ts';
