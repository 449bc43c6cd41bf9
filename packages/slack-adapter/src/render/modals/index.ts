import type { Modals } from '../types.ts';
import { breakGlassForm } from './break-glass.ts';
import { cancelForm } from './cancel.ts';
import { denyForm } from './deny.ts';
import { editForm } from './edit/view.ts';
import { notice } from './notice.ts';
import { parametersView } from './parameters.ts';

export const modals: Modals = {
  deny: denyForm,
  edit: editForm,
  cancel: cancelForm,
  breakGlass: breakGlassForm,
  parameters: parametersView,
  notice,
};
