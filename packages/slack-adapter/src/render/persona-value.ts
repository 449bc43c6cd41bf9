import type { Slate } from '@countersign/domain';

/** Names that a checkbox can carry as its value: within Slack's 75 characters, and unlike `~<index>`. */
const CARRIED = /^[A-Za-z0-9._:-]{1,75}$/;

/** The value of a persona's checkbox: its name, or its place on the frozen slate where the name can't be carried. */
export function personaValue(name: string, index: number): string {
  return CARRIED.test(name) ? name : `~${index}`;
}

/** The persona that a checkbox stands for; null when the request has none of that value. */
export function personaOf(slate: Slate, value: string): string | null {
  return slate.personas.find(({ name }, index) => personaValue(name, index) === value)?.name ?? null;
}
