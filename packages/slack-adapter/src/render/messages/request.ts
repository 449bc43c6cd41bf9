import type { KnownBlock } from '@slack/types';
import { actionsBlock } from '../parts/actions.ts';
import { endedLine } from '../parts/ended.ts';
import { consolePage, factsBlock, isReasonCut, shortHash } from '../parts/facts.ts';
import { headlineSeen } from '../parts/headline.ts';
import { parametersBlock } from '../parts/parameters.ts';
import { personaBlocks } from '../parts/personas.ts';
import { missingLine, thereLine } from '../parts/progress.ts';
import { asSeen, isOpen } from '../parts/seen.ts';
import { sentence, spokenSentence } from '../parts/sentence.ts';
import { code, link, mrkdwn, plain, plainText } from '../text/mrkdwn.ts';
import type { Drawn, Picture } from '../types.ts';

/**
 * Characters of JSON in all blocks of a message. Slack refuses messages from about 13,000 characters of text on, and
 * publishes neither the number nor how it counts; this is less by every way of counting.
 */
const MAX_JSON = 12_000;
const MAX_HEADER = 150;

/** The message of a request: one glance, whoever looks. */
export function requestMessage(picture: Picture): Drawn {
  const seen = asSeen(picture);
  const parameters = parametersBlock(seen);
  const before = [
    header(seen),
    section(sentence(seen)),
    factsBlock(seen),
    parameters.block,
    ...progress(seen),
  ];
  const actions = actionsBlock(seen, parameters.isCut || isReasonCut(seen));
  const after = [...(actions ? [actions] : []), footer(seen)];
  const room = MAX_JSON - JSON.stringify([...before, ...after]).length;
  return { text: spokenSentence(seen), blocks: [...before, ...personaBlocks(seen, room), ...after] };
}

function header(seen: Picture): KnownBlock {
  const { emoji, words } = headlineSeen(seen);
  const ending = ` · ${words}`;
  const action = plain(seen.approval.request.action, MAX_HEADER - ending.length - 4);
  return { type: 'header', text: plainText(`${emoji} ${action}${ending}`) };
}

/** While it is open what is missing and what is there; afterwards how it ended. */
function progress(seen: Picture): KnownBlock[] {
  const lines = isOpen(seen) ? [missingLine(seen), thereLine(seen)] : [endedLine(seen)];
  return lines
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? section(line) : context(line)));
}

/** What the request is called elsewhere, and what exactly is approved here. */
function footer(seen: Picture): KnownBlock {
  const { request, paramsHash } = seen.approval;
  const parts = [
    `Request ${code(request.requestId, 42)}`,
    `plan ${code(shortHash(paramsHash), 20)}`,
    link(consolePage(seen, request.requestId) ?? undefined, 'Open in console'),
  ];
  return context(parts.filter((part) => part !== null).join(' · '));
}

function section(text: string): KnownBlock {
  return { type: 'section', text: mrkdwn(text) };
}

function context(text: string): KnownBlock {
  return { type: 'context', elements: [mrkdwn(text)] };
}
