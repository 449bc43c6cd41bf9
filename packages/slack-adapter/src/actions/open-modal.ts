import type { ModalView } from '@slack/types';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { TEXTS } from './texts.ts';
import { DONE, type Told } from './told.ts';

/**
 * Opens a form, or a notice. Nothing is recorded by it, so that nothing has to be asked first: Slack opens one within
 * three seconds of the click or not at all.
 */
export async function openModal(
  { web }: Pick<ActionDeps, 'web'>,
  { triggerId }: Pick<Click, 'triggerId'>,
  view: ModalView,
): Promise<Told> {
  const opened = await web.viewsOpen(triggerId, view);
  return opened.ok ? DONE : { kind: 'failed', text: TEXTS.noForm };
}
