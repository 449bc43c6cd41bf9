import { brokenGlassMessage } from './messages/broken-glass.ts';
import { escalationNotice } from './messages/escalation.ts';
import { outcomeMessage } from './messages/outcome.ts';
import { requestMessage } from './messages/request.ts';
import { threadReply } from './messages/thread-reply.ts';
import type { Rendering } from './types.ts';

export const rendering: Rendering = {
  message: requestMessage,
  reply: threadReply,
  outcome: outcomeMessage,
  brokenGlass: brokenGlassMessage,
  escalation: escalationNotice,
};
