import { structureFaults, textWeight } from '../block-kit/judge.ts';
import { limits } from '../block-kit/limits.ts';
import { isObject } from '../block-kit/place.ts';
import type { SimulatedMessage } from '../types.ts';
import { SlackError } from '../workspace/slack-error.ts';
import type { Args } from './args.ts';

/** The blocks of a message; undefined when the call has none. @throws SlackError as Slack refuses them */
export function readBlocks(args: Args): readonly unknown[] | undefined {
  const blocks = args.json('blocks', 'invalid_blocks_format');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new SlackError('invalid_blocks_format');
  const faults = structureFaults(blocks, 'message');
  if (faults.length > 0) throw new SlackError('invalid_blocks', faults);
  if (textWeight(blocks) > limits.messageText) throw new SlackError('msg_blocks_too_long');
  return blocks;
}

/** null: an empty object, which takes it away; undefined: not said. @throws SlackError */
export function readMetadata(args: Args): SimulatedMessage['metadata'] | null | undefined {
  const metadata = args.json('metadata', 'invalid_metadata_format');
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) throw new SlackError('invalid_metadata_format');
  if (Object.keys(metadata).length === 0) return null;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || type === '' || !isObject(payload))
    throw new SlackError('invalid_metadata_schema');
  return { event_type: type, event_payload: payload };
}
