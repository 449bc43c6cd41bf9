import type { MrkdwnElement, SectionBlock } from '@slack/types';
import { date } from '../text/date.ts';
import { code, link, mrkdwn, prose, webAddress } from '../text/mrkdwn.ts';
import { person } from '../text/people.ts';
import type { Picture } from '../types.ts';
import { isOpen } from './seen.ts';

const MAX_REASON = 500;
/** Of a hash, what people compare. */
const SHORT_HASH = 12;

/** Who asked, for whom, why, until when, under which policy. */
export function factsBlock(picture: Picture): SectionBlock {
  const { request } = picture.approval;
  const { owner, onBehalfOf, justification, previousRequestId } = request;
  const fields = [
    field('Requester', person(picture, request.by.sub)),
    onBehalfOf !== undefined && field('On behalf of', person(picture, onBehalfOf)),
    owner !== undefined && field('Owner of the key', person(picture, owner)),
    justification !== undefined && field('Reason', prose(justification, MAX_REASON)),
    field(isOpen(picture) ? 'Expires' : 'Expiry', date(request.expiresAt)),
    field('Asked', date(request.at)),
    field('Policy', code(shortHash(request.policyHash), 20)),
    previousRequestId !== undefined && field('Repeats', requestLink(picture, previousRequestId)),
  ];
  return { type: 'section', fields: fields.filter((one) => one !== false) };
}

/** Whether the message shows less of the reason than there is. */
export function isReasonCut({ approval }: Picture): boolean {
  const { justification } = approval.request;
  return justification !== undefined && prose(justification, MAX_REASON) !== prose(justification, Infinity);
}

export function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, SHORT_HASH);
}

/** The request's page of the console; null without one. */
export function consolePage(picture: Pick<Picture, 'consoleUrl'>, requestId: string): string | null {
  const base = picture.consoleUrl?.replace(/\/+$/, '');
  return base === undefined ? null : webAddress(`${base}/requests/${encodeURIComponent(requestId)}`);
}

function requestLink(picture: Picture, requestId: string): string {
  const page = consolePage(picture, requestId) ?? undefined;
  return link(page, prose(requestId, 40)) ?? code(requestId, 42);
}

function field(name: string, value: string): MrkdwnElement {
  return mrkdwn(`*${name}*\n${value}`);
}
