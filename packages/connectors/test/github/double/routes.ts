import type { Asked } from './openapi.ts';
import type { Reply, World } from './world.ts';

/** What the double answers, by method and path as GitHub's description has them. */
export type Routes = Readonly<Record<string, (world: World, asked: Asked) => Reply>>;
