import type { App, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import { LATE, within } from '../receive/within.ts';
import { modals } from '../render/index.ts';
import { onceFresh } from './carry-out.ts';
import { type Submission, submissionOf } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { asPlain } from './texts.ts';
import { BUSY, type Told, textOf } from './told.ts';

/** What a form does when it is sent off. */
export type Submit = (deps: ActionDeps, submission: Submission) => Promise<Told>;

const UNDER_WAY = modals.notice(
  'Being recorded',
  'The ledger takes its time. What becomes of it shows here.',
);

/**
 * Slack waits for the answer to a form, and closes it, shows errors in it, or shows something else in its place. So
 * the command is waited for as long as Slack waits; after that the form gives way to a notice, which says later what
 * became of it.
 */
export function onSubmission(app: App, deps: ActionDeps, callbackId: string, submit: Submit): void {
  const { gate, ackMs } = deps;
  const constraints = { callback_id: callbackId, type: 'view_submission' } as const;
  app.view<ViewSubmitAction>(constraints, async ({ ack, body, context }) => {
    const submission = submissionOf(body, context);
    const work = submission && gate.run(() => onceFresh(deps, submission, () => submit(deps, submission)));
    if (!work) {
      await ack(answerTo(BUSY, submission?.firstField));
      return;
    }
    const told = await within(work, submission.received.at + ackMs - performance.now());
    if (told !== LATE) {
      await ack(answerTo(told, submission.firstField));
      return;
    }
    await ack({ response_action: 'update', view: UNDER_WAY });
    await tellLater(deps, submission, await work);
  });
}

/** Nothing closes the form. What may work when it is sent again leaves it open, with everything that was typed. */
function answerTo(told: Told, firstField: string | null | undefined): ViewResponseAction | undefined {
  const text = textOf(told);
  if (text === null) return undefined;
  if (told.kind === 'invalid') return { response_action: 'errors', errors: told.fields };
  if (told.kind === 'failed' && firstField) {
    return { response_action: 'errors', errors: { [firstField]: asPlain(text) } };
  }
  return { response_action: 'update', view: modals.notice(titleOf(told), asPlain(text)) };
}

async function tellLater({ web }: ActionDeps, { viewId }: Submission, told: Told): Promise<void> {
  if (told.kind === 'dropped') return;
  const text = textOf(told) ?? 'It is recorded.';
  // Whoever closed the notice meanwhile sees it in the message.
  await web.viewsUpdate(viewId, modals.notice(titleOf(told), asPlain(text)));
}

function titleOf({ kind }: Told): string {
  if (kind === 'done') return 'Recorded';
  if (kind === 'already') return 'Nothing to do';
  return kind === 'failed' ? 'Try again' : 'Not done';
}
