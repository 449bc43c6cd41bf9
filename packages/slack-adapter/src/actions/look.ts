import type { ModalView } from '@slack/types';
import { LATE, within } from '../receive/within.ts';
import { modals } from '../render/index.ts';
import type { Picture } from '../render/types.ts';
import { inWords } from './carry-out.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { openModal } from './open-modal.ts';
import { pictureOf } from './picture.ts';
import { asPlain, TEXTS } from './texts.ts';
import { LEDGER_SILENT, noSuchRequest, OUTDATED, type Told, textOf } from './told.ts';

/** Of the three seconds that Slack gives, what the ledger may take; and the least, however late the click came. */
const LOOK_MS = 1500;
const LEAST_MS = 300;

/**
 * Opens a modal that shows the request as it is now. What is not known in time to open it is told in a modal as well,
 * since Slack takes none later.
 */
export async function openPicture(
  deps: ActionDeps,
  click: Click,
  draw: (picture: Picture) => ModalView,
): Promise<Told> {
  const left = click.received.at + LOOK_MS - performance.now();
  const looked = await within(
    inWords(deps.signals, () => look(deps, click)),
    Math.max(LEAST_MS, left),
  );
  if (looked !== LATE && 'approval' in looked) return openModal(deps, click, draw(looked));
  const told = looked === LATE ? LEDGER_SILENT : looked;
  const title = told.kind === 'failed' ? 'Not now' : 'Not done';
  return openModal(deps, click, modals.notice(title, asPlain(textOf(told) ?? TEXTS.broken)));
}

/** Requests are seen within their tenant only. */
async function look(deps: ActionDeps, { target, clicker }: Click): Promise<Picture | Told> {
  if (!target) return OUTDATED;
  const [who, known, workspace] = await Promise.all([
    deps.people.identify(clicker),
    deps.ledger.load(target.requestId),
    deps.web.teamId(),
  ]);
  if (!known || known.approval.request.tenant !== who.principal.tenant) return noSuchRequest(who);
  return pictureOf(deps, known, workspace.ok ? workspace.teamId : null);
}
