import { missingPersonas, type Persona } from '@countersign/domain';
import type { ActionsBlock, KnownBlock, PlainTextOption } from '@slack/types';
import { personaValue } from '../persona-value.ts';
import { blockIdOf } from '../target.ts';
import { cut, visible, widthOf } from '../text/clean.ts';
import { mrkdwn, plain, plainText } from '../text/mrkdwn.ts';
import type { Picture } from '../types.ts';
import { drawingSeen, isOpen } from './seen.ts';

const PER_BLOCK = 10;
const MAX_LABEL = 75;
const NOTE_SIZE = 200;

/**
 * Checkboxes, one for each persona, as long as any is missing. Where not all fit, the missing ones come first: as
 * they are acknowledged, others take their place.
 * @param room characters of JSON that the blocks may take up
 */
export function personaBlocks(picture: Picture, room: number): KnownBlock[] {
  const missing = new Set(missingPersonas(picture.approval));
  if (!isOpen(picture) || missing.size === 0) return [];
  const all = picture.approval.request.slate.personas.map((persona, index) => ({
    isGiven: !missing.has(persona.name),
    option: optionOf(persona, index),
  }));
  const given = all.filter((one) => one.isGiven);
  const open = all.filter((one) => !one.isGiven);
  const chosen = fitting([...open, ...given], room - NOTE_SIZE);
  const shown = all.filter((one) => chosen.has(one));
  const hidden = open.filter((one) => !chosen.has(one)).length;
  return [...checkboxes(picture, shown), ...(hidden > 0 ? [note(hidden)] : [])];
}

function checkboxes(picture: Picture, shown: readonly Choice[]): ActionsBlock[] {
  const drawing = drawingSeen(picture);
  return Array.from({ length: Math.ceil(shown.length / PER_BLOCK) }, (_, n) => {
    const options = shown.slice(n * PER_BLOCK, (n + 1) * PER_BLOCK);
    const initial = options.filter((one) => one.isGiven).map((one) => one.option);
    return {
      type: 'actions',
      block_id: blockIdOf('personas', drawing, n),
      elements: [
        {
          type: 'checkboxes',
          action_id: 'acknowledge',
          options: options.map((one) => one.option),
          ...(initial.length > 0 && { initial_options: initial }),
        },
      ],
    };
  });
}

function note(hidden: number): KnownBlock {
  const text = `${hidden} more must acknowledge; they stand here once there is room`;
  return { type: 'context', elements: [mrkdwn(text)] };
}

interface Choice {
  readonly isGiven: boolean;
  readonly option: PlainTextOption;
}

/** As many as fit; what else a message holds leaves room for ten at their longest. */
function fitting(choices: readonly Choice[], room: number): Set<Choice> {
  const chosen = new Set<Choice>();
  let used = 0;
  for (const choice of choices) {
    const size = JSON.stringify(choice.option).length + 1;
    used += choice.isGiven ? 2 * size : size;
    // What a further block costs around its options.
    if (chosen.size % PER_BLOCK === 0) used += 160;
    if (used > room) break;
    chosen.add(choice);
  }
  return chosen;
}

function optionOf({ name, from }: Persona, index: number): PlainTextOption {
  return {
    text: plainText(labelOf(name, index)),
    value: personaValue(name, index),
    description: plainText(plain(`for ${from.label}`, MAX_LABEL)),
  };
}

/** The name; of one that is too long, as much as leaves it different from every other. */
function labelOf(name: string, index: number): string {
  if (widthOf(visible(name)) <= MAX_LABEL) return plain(name, MAX_LABEL);
  return `${plain(cut(visible(name), 60), 65)} (${index + 1})`;
}
