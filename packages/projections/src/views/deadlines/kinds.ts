/** What the timers turn into commands. */
export const TIMER_KINDS = ['escalate', 'expire', 'lapse'] as const;
/** What the dispatcher begins, and goes on with. */
export const DISPATCHER_KINDS = ['dispatch', 'resume'] as const;
export const DUE_KINDS = [...TIMER_KINDS, ...DISPATCHER_KINDS] as const;

export type DueKind = (typeof DUE_KINDS)[number];
