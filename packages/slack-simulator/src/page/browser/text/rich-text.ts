import { type Child, h } from '../dom.ts';
import { type Json, number, object, objects, string } from '../json.ts';
import { drawLink, drawToken, type Names } from './draw.ts';
import type { Token } from './tokens.ts';

/** A `rich_text` block. What is not known is shown by its text, or not at all. */
export function drawRichText(block: Json, names: Names): HTMLElement {
  return h('div', { class: 'rich-text' }, ...objects(block.elements).map((part) => drawPart(part, names)));
}

function drawPart(part: Json, names: Names): Child {
  const leaves = (): Child[] => objects(part.elements).map((leaf) => drawLeaf(leaf, names));
  switch (part.type) {
    case 'rich_text_list': {
      const items = objects(part.elements).map((item) => h('li', {}, drawPart(item, names)));
      return h(part.style === 'ordered' ? 'ol' : 'ul', {}, ...items);
    }
    case 'rich_text_preformatted':
      return h('pre', { tabindex: 0 }, h('code', {}, ...leaves()));
    case 'rich_text_quote':
      return h('blockquote', {}, ...leaves());
    default:
      return h('p', {}, ...leaves());
  }
}

const STYLES = [
  ['code', 'code'],
  ['strike', 's'],
  ['italic', 'em'],
  ['bold', 'strong'],
] as const;

function drawLeaf(leaf: Json, names: Names): Child {
  const style = object(leaf.style);
  return STYLES.reduce<Child>(
    (inner, [name, tag]) => (style[name] === true ? h(tag, {}, inner) : inner),
    drawUnstyled(leaf, names),
  );
}

function drawUnstyled(leaf: Json, names: Names): Child {
  if (leaf.type === 'link') return drawLink(string(leaf.url), string(leaf.text) || string(leaf.url));
  const token = tokenOf(leaf);
  return token === null ? string(leaf.text) : drawToken(token, names);
}

function tokenOf(leaf: Json): Token | null {
  switch (leaf.type) {
    case 'user':
      return { kind: 'user', id: string(leaf.user_id), label: null };
    case 'usergroup':
      return { kind: 'group', id: string(leaf.usergroup_id), label: null };
    case 'channel':
      return { kind: 'channel', id: string(leaf.channel_id), label: null };
    case 'broadcast':
      return { kind: 'broadcast', name: string(leaf.range) };
    case 'emoji':
      return { kind: 'emoji', name: string(leaf.name) };
    case 'date':
      return {
        kind: 'date',
        seconds: number(leaf.timestamp) ?? Number.NaN,
        format: string(leaf.format),
        url: null,
        fallback: string(leaf.fallback),
      };
    default:
      return null;
  }
}
