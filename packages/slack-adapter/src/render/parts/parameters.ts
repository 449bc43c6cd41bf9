import type { JsonObject } from '@countersign/domain';
import type { SectionBlock } from '@slack/types';
import { codeBlock } from '../text/code-block.ts';
import { jsonLines } from '../text/json.ts';
import { mrkdwn } from '../text/mrkdwn.ts';
import type { Picture } from '../types.ts';

const MAX = { width: 1500, lines: 20 };

/** What is to be approved, or its beginning. */
export function parametersBlock({ approval }: Picture): { block: SectionBlock; isCut: boolean } {
  const { params, planRevision } = approval;
  const heading = planRevision === 0 ? '*Parameters*' : `*Parameters*, edited (revision ${planRevision})`;
  if (Object.keys(params).length === 0) return { block: section(`${heading}: none`), isCut: false };
  const { text, isCut } = codeBlock(jsonLines(params as JsonObject), MAX);
  return { block: section(`${heading}\n${text}`), isCut };
}

function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(text) };
}
