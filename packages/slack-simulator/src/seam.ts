import { clickMessage } from './interactions/messages.ts';
import { clickModal, closeModal, submitModal } from './interactions/modals.ts';
import type { Scene } from './interactions/scene.ts';
import type { PageSeam } from './page-seam.ts';
import { pageState } from './page-state.ts';

/** What people see and do, for the page and for tests alike. */
export function seamOf(scene: Scene): PageSeam {
  return {
    teamId: scene.workspace.identity.teamId,
    ...pageState(scene.workspace),
    onChange: scene.workspace.onChange,
    click: (click) => clickMessage(scene, click),
    submit: (user, values) => submitModal(scene, user, values),
    clickInView: (user, actionId, selected, values) => clickModal(scene, user, actionId, selected, values),
    close: (user) => closeModal(scene, user),
  };
}
