import { openBreakGlass } from './break-glass.ts';
import { openCancel } from './cancel.ts';
import { onceFresh } from './carry-out.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { DONE, OUTDATED, type Told } from './told.ts';
import { withdraw } from './withdraw.ts';

/** The menu of what is done rarely. */
export async function more(deps: ActionDeps, click: Click): Promise<Told> {
  const [choice] = click.selected;
  if (choice === 'cancel') return openCancel(deps, click);
  if (choice === 'break_glass') return openBreakGlass(deps, click);
  if (choice === 'withdraw') return onceFresh(deps, click, () => withdraw(deps, click));
  // A link: Slack has opened it.
  return choice === 'open' ? DONE : OUTDATED;
}
