import type { PageUser } from '../page-seam.ts';

/** What `/page/people` says. */
export interface People {
  readonly teamId: string;
  readonly users: readonly PageUser[];
}

/** How the app took what a person did. */
export interface Told {
  readonly status: number;
  readonly milliseconds: number;
  /** The beginning of it. */
  readonly body: string;
}

/** By block id, what a modal's inputs hold: text, the selected option's value, or several of them. */
export type Values = Readonly<Record<string, string | readonly string[] | null>>;
