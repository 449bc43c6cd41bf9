import { h } from '../dom.ts';
import { type Json, object, objects, string } from '../json.ts';
import { drawText, plainText } from '../text/draw.ts';
import { drawRichText } from '../text/rich-text.ts';
import { drawElement, drawImage, notDrawn } from './elements.ts';
import type { Surface } from './surface.ts';

/** A message's or modal's blocks, in order. */
export function drawBlocks(blocks: unknown, surface: Surface): HTMLElement[] {
  return objects(blocks).map((block, index) =>
    drawBlock(block, string(block.block_id) || `#${index}`, surface),
  );
}

function drawBlock(block: Json, blockId: string, surface: Surface): HTMLElement {
  switch (block.type) {
    case 'header':
      return h('h3', { class: 'header' }, plainText(block.text));
    case 'section':
      return drawSection(block, blockId, surface);
    case 'context':
      return drawContext(block, surface);
    case 'divider':
      return h('hr');
    case 'actions':
      return h(
        'div',
        { class: 'actions' },
        ...objects(block.elements).map((element) => drawElement(element, blockId, surface)),
      );
    case 'input':
      return surface.input?.({ blockId, block }) ?? notDrawn('input in a message');
    case 'rich_text':
      return drawRichText(block, surface.names);
    case 'markdown':
      return h('p', { class: 'text' }, string(block.text));
    case 'image':
      return drawImage(block);
    default:
      return notDrawn(string(block.type));
  }
}

function drawSection(block: Json, blockId: string, surface: Surface): HTMLElement {
  const fields = objects(block.fields).map((field) =>
    h('div', { class: 'text' }, ...drawText(field, surface.names)),
  );
  return h(
    'div',
    { class: 'section' },
    h(
      'div',
      { class: 'section-text' },
      block.text === undefined ? null : h('div', { class: 'text' }, ...drawText(block.text, surface.names)),
      fields.length === 0 ? null : h('div', { class: 'fields' }, ...fields),
    ),
    block.accessory === undefined
      ? null
      : h('div', { class: 'accessory' }, drawElement(object(block.accessory), blockId, surface)),
  );
}

function drawContext(block: Json, surface: Surface): HTMLElement {
  const elements = objects(block.elements).map((element) =>
    element.type === 'image'
      ? drawImage(element)
      : h('span', { class: 'text' }, ...drawText(element, surface.names)),
  );
  return h('div', { class: 'context' }, ...elements);
}
