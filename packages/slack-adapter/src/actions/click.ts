import { newId } from '@countersign/application';
import type { BlockAction, Context, SlackViewAction } from '@slack/bolt';
import { clickerOf } from '../people/clicker.ts';
import type { Received } from '../receive/received.ts';
import { decodeMetadata, decodeTarget, drawingOf, type FormValues, targetOf } from '../render/index.ts';
import type { Drawing, Target } from '../render/types.ts';
import type { Act } from './carry-out.ts';

/** A click on something of a message or of a modal. */
export interface Click extends Act {
  /** Which request, and what was shown of it; null for what was not drawn by us. */
  readonly target: Target | null;
  readonly drawing: Drawing | null;
  /** Values selected after the click: of a menu one, of checkboxes all that are ticked. */
  readonly selected: readonly string[];
  /** Those that stood ticked in the drawing that was clicked on. */
  readonly drawnSelected: readonly string[];
  /** Opens one modal, within three seconds. */
  readonly triggerId: string;
  readonly responseUrl: string | undefined;
}

/** A modal that was sent off. */
export interface Submission extends Act {
  readonly viewId: string;
  readonly target: Target | null;
  readonly drawing: Drawing | null;
  /** By block id and action id, as Slack gives them. */
  readonly values: FormValues;
  /** Of its first field; null for a form without any. */
  readonly firstField: string | null;
}

/** @returns null for a payload that does not say who clicked */
export function clickOf(body: BlockAction, context: Context): Click | null {
  const act = actOf(body, context);
  const action = body.actions[0];
  if (!act || !action) return null;
  const blocks = blocksAround(body.message?.blocks, action);
  const inModal = decodeMetadata(body.view?.private_metadata);
  const value = action.type === 'button' ? decodeTarget(action.value) : null;
  return {
    ...act,
    target: value ?? inModal?.target ?? targetOf(blocks),
    drawing: drawingOf(action.block_id) ?? inModal?.drawing ?? null,
    selected: selectedIn(action),
    drawnSelected: drawnSelected(blocks, action),
    triggerId: body.trigger_id,
    responseUrl: body.response_url,
  };
}

/** @returns null for a payload that does not say who sent it */
export function submissionOf(body: SlackViewAction, context: Context): Submission | null {
  const act = actOf(body, context);
  if (!act) return null;
  const { view } = body;
  const opened = decodeMetadata(view.private_metadata);
  return {
    ...act,
    viewId: view.id,
    target: opened?.target ?? null,
    drawing: opened?.drawing ?? null,
    values: view.state.values,
    firstField: view.blocks.find((block) => block.type === 'input')?.block_id ?? null,
  };
}

function actOf(body: BlockAction | SlackViewAction, { received }: Context): Act | null {
  const clicker = clickerOf(body);
  if (!clicker || !received) return null;
  return { clicker, received: received as Received, correlationId: newId() };
}

function selectedIn(action: BlockAction['actions'][number]): string[] {
  if (action.type === 'overflow') return [action.selected_option.value];
  return action.type === 'checkboxes' ? valuesOf(action.selected_options) : [];
}

/**
 * The drawing that was clicked on; nothing where the block that was clicked is not in what Slack gives back. A message
 * that was drawn anew while the click was on its way says nothing of what stood in front of whoever clicked.
 */
function blocksAround(
  blocks: unknown,
  { block_id }: BlockAction['actions'][number],
): readonly (DrawnBlock | null)[] {
  const drawn: readonly (DrawnBlock | null)[] = Array.isArray(blocks) ? blocks : [];
  return drawn.some((block) => block?.block_id === block_id) ? drawn : [];
}

/** What stood ticked. */
function drawnSelected(
  blocks: readonly (DrawnBlock | null)[],
  { block_id, action_id }: BlockAction['actions'][number],
): string[] {
  const block = blocks.find((drawn) => drawn?.block_id === block_id);
  const elements = block?.elements ?? (block?.accessory ? [block.accessory] : []);
  return valuesOf(elements.find((element) => element.action_id === action_id)?.initial_options);
}

interface DrawnElement {
  readonly action_id?: string;
  readonly initial_options?: readonly { readonly value?: unknown }[];
}
interface DrawnBlock {
  readonly block_id?: string;
  readonly elements?: readonly DrawnElement[];
  readonly accessory?: DrawnElement;
}

function valuesOf(options: readonly { readonly value?: unknown }[] = []): string[] {
  return options.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}
