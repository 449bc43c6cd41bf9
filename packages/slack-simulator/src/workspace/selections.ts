import { elementsOf } from '../block-kit/elements-of.ts';
import { isObject } from '../block-kit/place.ts';

export interface Selection {
  readonly blockId: string;
  readonly actionId: string;
  /** Values of the options. */
  readonly values: readonly string[];
}

/**
 * What people have selected in boxes and menus. It is a matter of each one's client: nobody else sees it, and it holds
 * until the message or modal is drawn anew with another block id.
 */
export interface Selections {
  /** @param place a message or a view */
  of(place: string, user: string): readonly Selection[];
  set(place: string, user: string, selection: Selection): void;
  /** The place was drawn anew: forgets what is no longer there. */
  keepOnly(place: string, blocks: readonly unknown[]): void;
  drop(place: string): void;
}

export function newSelections(): Selections {
  const places = new Map<string, Map<string, readonly Selection[]>>();
  return {
    of: (place, user) => places.get(place)?.get(user) ?? [],
    set(place, user, selection) {
      const users = places.get(place) ?? new Map<string, readonly Selection[]>();
      const others = (users.get(user) ?? []).filter((one) => !isSameElement(one, selection));
      users.set(user, [...others, selection]);
      places.set(place, users);
    },
    keepOnly(place, blocks) {
      const users = places.get(place);
      if (!users) return;
      for (const [user, selections] of users) {
        users.set(
          user,
          selections.filter((selection) => hasElement(blocks, selection)),
        );
      }
    },
    drop: (place) => {
      places.delete(place);
    },
  };
}

function isSameElement(one: Selection, other: Selection): boolean {
  return one.blockId === other.blockId && one.actionId === other.actionId;
}

function hasElement(blocks: readonly unknown[], { blockId, actionId }: Selection): boolean {
  return blocks.some(
    (block) =>
      isObject(block) &&
      block.block_id === blockId &&
      elementsOf(block).some(({ element }) => element.action_id === actionId),
  );
}
