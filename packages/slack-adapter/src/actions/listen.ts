import type { App, BlockAction } from '@slack/bolt';
import { acknowledge } from './acknowledge.ts';
import { approve } from './approve.ts';
import { submitBreakGlass } from './break-glass.ts';
import { submitCancel } from './cancel.ts';
import { inWords, onceFresh } from './carry-out.ts';
import { type Click, clickOf } from './click.ts';
import { openDeny, submitDeny } from './deny.ts';
import type { ActionDeps } from './deps.ts';
import { openEdit, submitEdit } from './edit.ts';
import { more } from './more.ts';
import { showParameters } from './parameters.ts';
import { onSubmission } from './submit.ts';
import { asMrkdwn } from './texts.ts';
import { BUSY, type Told, textOf } from './told.ts';

/** What every button, menu and form of ours does. What is not in this list is answered, and does nothing. */
export function listen(app: App, deps: ActionDeps): void {
  onClick(app, deps, 'approve', (click) => onceFresh(deps, click, () => approve(deps, click)));
  onClick(app, deps, 'acknowledge', (click) => onceFresh(deps, click, () => acknowledge(deps, click)));
  onClick(app, deps, 'deny', (click) => openDeny(deps, click));
  onClick(app, deps, 'edit', (click) => openEdit(deps, click));
  onClick(app, deps, 'parameters', (click) => showParameters(deps, click));
  onClick(app, deps, 'more', (click) => more(deps, click));
  onSubmission(app, deps, 'deny', submitDeny);
  onSubmission(app, deps, 'edit', submitEdit);
  onSubmission(app, deps, 'cancel', submitCancel);
  onSubmission(app, deps, 'break_glass', submitBreakGlass);
}

/** Slack is answered at once; what became of the click is told to whoever clicked, where the message will not. */
function onClick(app: App, deps: ActionDeps, actionId: string, act: (click: Click) => Promise<Told>): void {
  const { gate, respond, signals } = deps;
  const constraints = { action_id: actionId, type: 'block_actions' } as const;
  app.action<BlockAction>(constraints, async ({ ack, body, context }) => {
    // An answer that does not get through changes nothing of what was clicked.
    await ack().catch((error: unknown) => signals.failed?.({ what: 'answering a click in Slack', error }));
    const click = clickOf(body, context);
    if (!click) throw new Error('a click in Slack does not say whose it is');
    const told = await (gate.run(() => inWords(signals, () => act(click))) ?? BUSY);
    const text = textOf(told);
    if (text !== null) await respond(click.responseUrl, asMrkdwn(text));
  });
}
