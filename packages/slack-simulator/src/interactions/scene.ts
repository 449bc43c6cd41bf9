import type { Json } from '../block-kit/place.ts';
import type { Delivery } from '../types.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What interactions need: the workspace, and the ways to the app and back. */
export interface Scene {
  readonly workspace: Workspace;
  /** Sends a payload to the app and waits for its answer. @throws Error when nobody listens */
  readonly send: (payload: Json) => Promise<Delivery>;
  /** A new address under which the app may answer a click. */
  readonly responseUrl: (origin: Origin) => string;
}

/** Where a click came from. */
export interface Origin {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
}
