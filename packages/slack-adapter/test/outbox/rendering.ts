import type { KnownBlock } from '@slack/types';
import type { Drawn, Happened, Picture, Rendering } from '../../src/render/types.ts';

/** The least that can be told apart: for tests of when things are sent, not of how they look. */
export const plainly: Rendering = {
  message: (picture) => drawn(`${statusIn(picture)} at ${picture.revision}`),
  reply(_picture, happened) {
    const lines = happened.filter(isTold).map(({ revision, event }) => `${revision} ${event.type}`);
    return lines.length === 0 ? null : drawn(lines.join('\n'));
  },
  outcome: (picture, permalink) => drawn(`you: ${statusIn(picture)} ${permalink ?? 'nowhere'}`),
  brokenGlass: ({ approval }, permalink) => drawn(`glass: ${approval.breakGlass?.reason} ${permalink ?? ''}`),
  escalation: (_picture, rung, permalink) => drawn(`rung ${rung} ${permalink ?? ''}`),
};

const SILENT = new Set(['ApprovalRequested', 'StageCompleted']);

export function isTold({ event }: Happened): boolean {
  return !SILENT.has(event.type);
}

function statusIn({ approval }: Picture): string {
  const { decision, approvals, params } = approval;
  return `${String(params.name ?? '')} ${decision?.outcome ?? `${approvals.length} votes`}`.trim();
}

function drawn(text: string): Drawn {
  const section: KnownBlock = { type: 'section', text: { type: 'mrkdwn', text } };
  return { text, blocks: [section] };
}
