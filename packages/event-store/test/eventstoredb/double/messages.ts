import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import rpc from '@eventstore/db-client/generated/status_pb.js';
import type { AppendResp, BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Entry, Expected, Outcome, Proposed } from './log.ts';

/** The log's words and those of the wire, put into each other. */

const printed = new WeakMap<ReadResp, Buffer>();
const messages = new WeakMap<Entry, ReadResp>();

/** An entry never changes: its message is made and printed once, however often it is read. */
export function eventMessage(entry: Entry): ReadResp {
  const message = messages.get(entry) ?? makeEventMessage(entry);
  messages.set(entry, message);
  return message;
}

export function printReadResp(message: ReadResp): Buffer {
  const bytes = printed.get(message) ?? Buffer.from(message.serializeBinary());
  printed.set(message, bytes);
  return bytes;
}

function makeEventMessage(entry: Entry): ReadResp {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent();
  event.setId(uuid(entry.id));
  event.setStreamIdentifier(identifier(entry.stream));
  event.setStreamRevision(String(entry.revision));
  event.setCommitPosition(String(entry.position));
  event.setPreparePosition(String(entry.position));
  event.getMetadataMap().set('type', entry.type);
  event.getMetadataMap().set('content-type', entry.contentType);
  event.getMetadataMap().set('created', String(entry.created));
  event.setData(entry.data);
  event.setCustomMetadata(entry.metadata);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(event);
  read.setCommitPosition(String(entry.position));
  return new streams.ReadResp().setEvent(read);
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  return new streams.ReadResp().setCheckpoint(checkpoint);
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  return new streams.ReadResp().setConfirmation(confirmation);
}

export function caughtUpMessage(): ReadResp {
  return new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
}

export function notFoundMessage(stream: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier(stream));
  return new streams.ReadResp().setStreamNotFound(notFound);
}

/** The answer of the plain append call: a wrong version is an answer like any other. */
export function appendAnswer(outcome: Outcome, expected: Expected, withPosition: boolean): AppendResp {
  const answer = new streams.AppendResp();
  if (outcome.is === 'wrong_version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current === 'no_stream') wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else wrong.setExpectedRevision(String(expected));
    return answer.setWrongExpectedVersion(wrong);
  }
  if (outcome.is === 'deleted') throw new Error('a deleted stream is an error of the call, not an answer');
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  if (withPosition) {
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  } else success.setNoPosition(new shared.Empty());
  return answer.setSuccess(success);
}

/** The answer of the batch call: a failure is a google.rpc.Status that holds what happened as an Any. */
export function batchAnswer(
  correlation: UUID | undefined,
  stream: string,
  outcome: Outcome,
  expected: Expected,
  withPosition: boolean,
): BatchAppendResp {
  const answer = new streams.BatchAppendResp();
  answer.setCorrelationId(correlation);
  answer.setStreamIdentifier(identifier(stream));
  if (expected === 'no_stream') answer.setNoStream(new empty.Empty());
  else if (expected === 'any') answer.setAny(new empty.Empty());
  else if (expected === 'stream_exists') answer.setStreamExists(new empty.Empty());
  else answer.setStreamPosition(String(expected));

  if (outcome.is === 'wrong_version') {
    const wrong = new shared.WrongExpectedVersion();
    if (outcome.current === 'no_stream') wrong.setCurrentNoStream(new empty.Empty());
    else wrong.setCurrentStreamRevision(String(outcome.current));
    if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
    else wrong.setExpectedStreamPosition(String(expected));
    return answer.setError(statusOf('WrongExpectedVersion', wrong.serializeBinary()));
  }
  if (outcome.is === 'deleted') {
    const deleted = new shared.StreamDeleted().setStreamIdentifier(identifier(stream));
    return answer.setError(statusOf('StreamDeleted', deleted.serializeBinary()));
  }
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  if (withPosition) {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  } else success.setNoPosition(new empty.Empty());
  return answer.setSuccess(success);
}

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedOf(message: ProposedMessage): Proposed {
  return {
    // The server keeps ids as 128 bits and prints them in lower case.
    id: message.getId()?.getString().toLowerCase() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function nameOf(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

function identifier(stream: string) {
  return new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(stream, 'utf8')));
}

export function uuid(text: string): UUID {
  return new shared.UUID().setString(text);
}

function statusOf(kind: string, bytes: Uint8Array) {
  const detail = new any.Any();
  detail.pack(bytes, `event_store.client.${kind}`);
  return new rpc.Status().setMessage(kind).setDetails(detail);
}
