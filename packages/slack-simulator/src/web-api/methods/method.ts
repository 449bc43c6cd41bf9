import type { Json } from '../../block-kit/place.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Args } from '../args.ts';

/** Carries out one call; what it returns is answered with `ok: true`. @throws SlackError */
export type Method = (workspace: Workspace, args: Args) => Json;
