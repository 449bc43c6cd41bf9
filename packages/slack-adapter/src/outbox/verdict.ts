import type { Item } from './items.ts';

/**
 * What a refusal by Slack means, other than of the token:
 * - `gone`: this one thing will never be taken; everything else may.
 * - `channel`: nothing gets into the request's channel until somebody mends that.
 */
export type Verdict = 'gone' | 'channel';

/** Slack will not take what was drawn, wherever it is sent. */
const UNFIT =
  /^(invalid_(blocks|attachments|metadata|arg).*|msg_too_long|msg_blocks_too_long|no_text|too_many_attachments|metadata_too_large|markdown_text_conflict)$/;
/** The message, or the thread, is not there any more or cannot be written to. */
const NO_MESSAGE =
  /^(message_not_found|cant_update_message|edit_window_closed|thread_not_found|cannot_reply_to_message|restricted_action_thread_locked)$/;
/** Says of the channel that it takes nothing, whatever it is. */
const OF_CHANNEL = /^(channel_not_found|not_in_channel|is_archived|is_inactive|restricted_action.*)$/;

/** Of an item, or of drawing the message anew. */
export function judge(what: Item['kind'] | 'update', code: string): Verdict {
  if (UNFIT.test(code)) return 'gone';
  switch (what) {
    case 'message':
      return 'channel';
    case 'reply':
    case 'update':
      return NO_MESSAGE.test(code) ? 'gone' : 'channel';
    // A person who left, a channel that somebody misspelt: no reason to keep the request's own channel waiting.
    case 'direct':
    case 'notice':
      return 'gone';
  }
}

/** Whether the refusal says that the message itself is no longer there. */
export function saysMessageIsGone(code: string): boolean {
  return code === 'message_not_found';
}

/** Whether the refusal concerns everything that could be sent there; every other code may mean what was sent. */
export function isOfWholeChannel(code: string): boolean {
  return OF_CHANNEL.test(code);
}
