import { modals } from '../render/index.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { openPicture } from './look.ts';
import type { Told } from './told.ts';

/** "Show all": the parameters that a message had no room for. */
export function showParameters(deps: ActionDeps, click: Click): Promise<Told> {
  return openPicture(deps, click, modals.parameters);
}
