import type { SlackEvent, SlackItem } from '@countersign/domain';
import type { UntoldRow } from '@countersign/projections';
import { isTokenRefused } from '../web/caller.ts';
import type { CallError, Place, Web } from '../web/types.ts';
import type { Hold } from './hold.ts';
import { type Item, itemOf, MESSAGE } from './items.ts';
import { findItem } from './reconcile.ts';
import type { RoundOptions } from './round.ts';
import type { Scene } from './scene.ts';
import { afterEffectMs, Halt, LOOK_AGAIN_MS, type Memory, REDRAW } from './told.ts';
import { judge, saysMessageIsGone } from './verdict.ts';

type Recordable = Exclude<SlackEvent, { type: 'SlackDeliveryClaimed' }>;

/** Where an item goes. */
interface Address {
  readonly channel: string;
  readonly threadTs?: string;
}

/** Why an item will never be sent. */
interface Never {
  readonly never: string;
}

export interface Telling {
  /** Sends every item of the claim that was not sent yet, and draws the message anew. @throws Halt */
  tellAll(): Promise<void>;
  /** @throws Halt when another instance holds the delivery now */
  record(event: Recordable): Promise<void>;
}

/** The calls of one delivery, in order, each recorded before the next begins. */
export function createTelling(
  row: UntoldRow,
  scene: Scene,
  hold: Hold,
  memory: Memory,
  options: RoundOptions,
): Telling {
  const { deliveries, web, pacing, waits, clock, limits, signals, by, abandoned } = options;
  const { requestId } = row;
  const { delivery, claimed } = hold;
  const doubts = memory.doubts ?? new Map<string, number>();
  const givenUp = new Set(delivery.givenUp);
  let root: Place | null = delivery.sent[MESSAGE] ?? null;
  let link: string | undefined;
  /** However many pages it takes. */
  const searching: Pick<Web, 'page' | 'findChannel'> = {
    page: (query) => begin().then(() => web.page(query)),
    findChannel: (channel) => begin().then(() => web.findChannel(channel, abandoned)),
  };

  async function tellAll(): Promise<void> {
    const open = claimed.items.filter(({ key }) => !Object.hasOwn(delivery.sent, key) && !givenUp.has(key));
    const isDrawn = await tellMessage(open);
    // Before what is told beneath it: buttons that no longer do anything should not stand there while others are told.
    if (root && !isDrawn) await redraw(root);
    for (const item of open) if (item.key !== MESSAGE) await tellItem(item);
  }

  /** @returns whether the message stands there as it is to look now */
  async function tellMessage(open: readonly SlackItem[]): Promise<boolean> {
    const item = open.find(({ key }) => key === MESSAGE);
    return item !== undefined && (await tellItem(item)) === 'posted';
  }

  async function tellItem(item: SlackItem): Promise<'posted' | 'found' | 'given_up'> {
    const { key } = item;
    const { kind } = itemOf(key);
    const address = await addressOf(item);
    if ('never' in address) return giveUp(item, address.never);
    if (doubts.has(key)) {
      const found = await find(item, address);
      if (found && 'never' in found) return giveUp(item, found.never);
      if (found) return noteSent(item, found, true);
    }
    const drawn = scene.item(item, delivery, claimed.upTo, await permalinkFor(kind));
    if (!drawn) return giveUp(item, 'nothing_to_tell');
    await begin(item.to);
    doubts.set(key, clock() + afterEffectMs(limits.callTimeoutMs));
    const posted = await web.postMessage({ ...address, ...drawn, mark: { requestId, key } });
    if (posted.ok) return noteSent(item, posted, false);
    if (posted.error.kind !== 'unknown') doubts.delete(key);
    return giveUp(item, await codeOfGone(kind, posted.error));
  }

  async function addressOf({ key, to }: SlackItem): Promise<Address | Never> {
    switch (itemOf(key).kind) {
      case 'message':
      case 'notice':
        return { channel: to };
      case 'reply':
        return root ? { channel: root.channel, threadTs: root.ts } : { never: 'message_not_found' };
      case 'direct': {
        await begin();
        const opened = await web.openDirect(to.slice(to.indexOf('/') + 1));
        return opened.ok ? opened : { never: await codeOfGone('direct', opened.error) };
      }
    }
  }

  /** Asks Slack for an item that may have been sent, not before nothing can come of the call any more. */
  async function find({ key }: SlackItem, address: Address): Promise<Place | Never | null> {
    await waits.until(doubts.get(key) ?? 0);
    const item = itemOf(key);
    // A reply tells of several events; all of them came after the request itself.
    const revision = item.kind === 'direct' || item.kind === 'notice' ? item.revision : 0;
    const event = scene.history.find((happened) => happened.revision === revision)?.event;
    const since = event?.data.at ?? scene.approval.request.at;
    const found = await findItem(searching, { requestId, key, ...address, since });
    if (!found.ok) return { never: await codeOfGone(item.kind, found.error) };
    if (!found.place) doubts.delete(key);
    return found.place;
  }

  /** Not while an earlier drawing may still come and stay on top. */
  async function redraw(place: Place): Promise<void> {
    await waits.until(doubts.get(REDRAW) ?? 0);
    await begin(row.channel);
    doubts.set(REDRAW, clock() + afterEffectMs(limits.callTimeoutMs));
    const updated = await web.update(place, { ...scene.message(), mark: { requestId, key: MESSAGE } });
    if (updated.ok || updated.error.kind !== 'unknown') doubts.delete(REDRAW);
    if (updated.ok) return;
    const code = await codeOfGone('update', updated.error);
    if (saysMessageIsGone(code)) root = null;
    else signals.failed?.({ what: `drawing the message of ${requestId} anew`, error: new Error(code) });
  }

  /** Only those who are not in the channel need the way to it. */
  async function permalinkFor(kind: Item['kind']): Promise<string | undefined> {
    if (!root || link !== undefined || kind === 'message' || kind === 'reply') return link;
    await begin();
    const answer = await web.permalink(root);
    if (answer.ok) link = answer.permalink;
    else if (answer.error.kind !== 'refused' || isTokenRefused(answer.error)) throw failed(answer.error);
    return link;
  }

  /** Belongs before each call. @param paced channel in whose pace it counts */
  async function begin(paced?: string): Promise<void> {
    if (paced !== undefined) await waits.until(pacing.take(paced));
    if (abandoned.aborted) throw new Halt({ kind: 'stopped' });
    await hold.renew();
  }

  /** Slack's code where only this one thing is refused, for good. @throws Halt for everything else */
  async function codeOfGone(what: Item['kind'] | 'update', error: CallError): Promise<string> {
    if (error.kind !== 'refused') throw failed(error);
    // Slack says the same of a person who left and of an app that was removed.
    const isOfPerson = what === 'direct' && error.code === 'account_inactive' && (await web.checkTokens()).ok;
    if (isTokenRefused(error) && !isOfPerson) throw failed(error);
    if (judge(what, error.code) === 'gone') return error.code;
    throw new Halt({ kind: 'failed', why: { kind: 'channel', code: error.code } });
  }

  async function noteSent(item: SlackItem, place: Place, found: boolean): Promise<'posted' | 'found'> {
    const { key } = item;
    const { channel, ts } = place;
    const at = new Date(clock()).toISOString();
    await record({ type: 'SlackItemSent', data: { at, key, channel, ts, found } });
    doubts.delete(key);
    if (key === MESSAGE) {
      root = { channel, ts };
      const shownAt = found ? Number(ts) * 1000 : clock();
      const seconds = Math.max(0, (shownAt - Date.parse(scene.approval.request.at)) / 1000);
      signals.posted?.({ requestId, seconds });
    }
    return found ? 'found' : 'posted';
  }

  async function giveUp({ key }: SlackItem, error: string): Promise<'given_up'> {
    await record({ type: 'SlackItemGivenUp', data: { at: new Date(clock()).toISOString(), key, error } });
    doubts.delete(key);
    givenUp.add(key);
    signals.givenUp?.({ requestId, key, error });
    return 'given_up';
  }

  async function record(event: Recordable): Promise<void> {
    const recorded = await deliveries.record(requestId, by, event);
    if (recorded === 'lost') throw new Halt({ kind: 'later', at: clock() + LOOK_AGAIN_MS });
  }

  return { tellAll, record };
}

function failed(why: CallError): Halt {
  return new Halt({ kind: 'failed', why });
}
