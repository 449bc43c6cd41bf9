import { isObject, type Json } from '../block-kit/place.ts';
import { SlackError } from '../workspace/slack-error.ts';
import type { StoredView, Views } from '../workspace/views.ts';

/**
 * Does to a modal what its submission was answered with: nothing closes it, `response_action` says else.
 *
 * @throws Error for an answer that Slack would not take: where people would see "we had some trouble connecting",
 *   a test should see why
 */
export function applyAnswer(views: Views, open: StoredView, body: string): void {
  const answer = parse(body);
  if (answer === undefined) views.close(open.id);
  else if (answer.response_action === 'errors') views.setErrors(open.id, readErrors(open, answer.errors));
  else if (answer.response_action === 'update') take(() => views.update({ id: open.id }, answer.view));
  else if (answer.response_action === 'push') take(() => views.push(open.user, answer.view));
  else if (answer.response_action === 'clear') views.clear(open.user);
  else throw unusable(`response_action ${JSON.stringify(answer.response_action)}`);
}

function parse(body: string): Json | undefined {
  if (body === '') return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw unusable(`it is not JSON: ${body.slice(0, 200)}`);
  }
  if (!isObject(answer)) throw unusable('it is not an object');
  return Object.keys(answer).length === 0 ? undefined : answer;
}

function readErrors(open: StoredView, errors: unknown): Record<string, string> {
  if (!isObject(errors) || Object.keys(errors).length === 0) throw unusable('it has no errors');
  const inputs = (open.view.blocks as readonly Json[]).filter((block) => block.type === 'input');
  for (const [blockId, error] of Object.entries(errors)) {
    if (!inputs.some((block) => block.block_id === blockId)) throw unusable(`${blockId} is no input block`);
    if (typeof error !== 'string' || error === '') throw unusable(`the error at ${blockId} is no text`);
  }
  return errors as Record<string, string>;
}

function take(change: () => unknown): void {
  try {
    change();
  } catch (error) {
    if (error instanceof SlackError) throw unusable(error.message);
    throw error;
  }
}

function unusable(why: string): Error {
  return new Error(`the answer to the submission is not one that Slack takes: ${why}`);
}
