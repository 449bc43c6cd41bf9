import type { JsonObject } from '@countersign/domain';
import type { KnownBlock, ModalView } from '@slack/types';
import { consolePage, isReasonCut } from '../parts/facts.ts';
import { drawingSeen, targetSeen } from '../parts/seen.ts';
import { broken } from '../text/clean.ts';
import { codeBlocks } from '../text/code-block.ts';
import { jsonLines } from '../text/json.ts';
import { link, mrkdwn, plain, plainText } from '../text/mrkdwn.ts';
import type { Picture } from '../types.ts';
import { modal } from './form.ts';

/** A view may have 100 blocks and 250,000 bytes; a character takes up to three. */
const MAX = { width: 2900, total: 70_000 };
/** The longest reason that the API takes has 4,000 characters, each at most five as an entity. */
const MAX_REASON = 24_000;

/** All that the message has no room for: the whole reason, the whole parameters. */
export function parametersView(picture: Picture): ModalView {
  const { params, request } = picture.approval;
  const { texts, isCut } = codeBlocks(jsonLines(params as JsonObject), MAX);
  const reason = isReasonCut(picture) ? reasonBlocks(request.justification ?? '') : [];
  return modal({
    callbackId: 'parameters',
    title: 'Parameters',
    blocks: [...reason, ...texts.map(section), ...(isCut ? [rest(picture)] : [])],
    metadata: { target: targetSeen(picture), drawing: drawingSeen(picture) },
  });
}

function reasonBlocks(reason: string): KnownBlock[] {
  const pieces = broken(plain(reason, MAX_REASON), MAX.width);
  return [
    section('*Reason*'),
    ...pieces.map((piece) => ({ type: 'section' as const, text: plainText(piece) })),
    section('*Parameters*'),
  ];
}

function rest(picture: Picture): KnownBlock {
  const { requestId } = picture.approval.request;
  const page = link(consolePage(picture, requestId) ?? undefined, 'the console') ?? 'the API';
  return section(`The rest is too long for Slack; all of it can be read through ${page}.`);
}

function section(text: string): KnownBlock {
  return { type: 'section', text: mrkdwn(text) };
}
