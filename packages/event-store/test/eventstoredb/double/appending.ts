import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream, ServerReadableStream, ServiceError, sendUnaryData } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { type Faults, failure } from './faults.ts';
import type { Expected, Log, Outcome, Proposed } from './log.ts';
import { appendAnswer, batchAnswer, nameOf, proposedOf, uuid } from './messages.ts';

interface Request {
  stream: string;
  expected: Expected;
  readonly proposed: Proposed[];
}

/** `Streams/Append`: one request of several messages, one answer. */
export function plainAppend(log: Log, faults: Faults) {
  return (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void => {
    const request: Request = { stream: '', expected: 'any', proposed: [] };
    call.on('data', (message: AppendReq) => {
      const options = message.getOptions();
      if (options) {
        request.stream = nameOf(options.getStreamIdentifier());
        if (options.hasNoStream()) request.expected = 'no_stream';
        else if (options.hasStreamExists()) request.expected = 'stream_exists';
        else if (options.hasRevision()) request.expected = BigInt(options.getRevision());
      }
      const proposed = message.getProposedMessage();
      if (proposed) request.proposed.push(proposedOf(proposed));
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      judge(log, faults, request, {
        fail: (error) => answer(error),
        cut: () => answer(failure(status.UNAVAILABLE, 'the connection was cut')),
        done(outcome, withPosition) {
          if (outcome.is !== 'deleted')
            return answer(null, appendAnswer(outcome, request.expected, withPosition));
          const more = { 'stream-name': request.stream };
          answer(failure(status.FAILED_PRECONDITION, 'the stream is deleted', 'stream-deleted', more));
        },
      });
    });
  };
}

/** `Streams/BatchAppend`: one long call for all appends, their messages and answers told apart by a correlation id. */
export function batchAppend(log: Log, faults: Faults) {
  return (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const requests = new Map<string, Request>();
    call.on('data', (message: BatchAppendReq) => {
      const correlation = message.getCorrelationId();
      const key = correlation?.getString() ?? '';
      const request = requests.get(key) ?? { stream: '', expected: 'any', proposed: [] };
      requests.set(key, request);
      const options = message.getOptions();
      if (options) {
        request.stream = nameOf(options.getStreamIdentifier());
        if (options.hasNoStream()) request.expected = 'no_stream';
        else if (options.hasStreamExists()) request.expected = 'stream_exists';
        else if (options.hasStreamPosition()) request.expected = BigInt(options.getStreamPosition());
      }
      request.proposed.push(...message.getProposedMessagesList().map(proposedOf));
      if (!message.getIsFinal()) return;
      requests.delete(key);
      const send = (to: typeof correlation, outcome: Outcome, withPosition: boolean): boolean =>
        call.write(batchAnswer(to, request.stream, outcome, request.expected, withPosition));
      judge(log, faults, request, {
        fail: (error) => call.emit('error', error),
        cut: () => call.emit('error', failure(status.UNAVAILABLE, 'the connection was cut')),
        done(outcome, withPosition) {
          if (faults.strayAnswers) send(uuid(crypto.randomUUID()), outcome, withPosition);
          send(correlation, outcome, withPosition);
        },
      });
    });
    call.on('error', () => undefined);
    call.on('end', () => call.end());
  };
}

interface Answers {
  fail(error: Partial<ServiceError>): void;
  cut(): void;
  done(outcome: Outcome, withPosition: boolean): void;
}

function judge(log: Log, faults: Faults, request: Request, answers: Answers): void {
  if (faults.silent.has('append')) return;
  if (faults.failAppends.count > 0) {
    faults.failAppends.count--;
    answers.fail(faults.failAppends.error);
    return;
  }
  const outcome = log.append(request.stream, request.expected, request.proposed);
  if (faults.loseAnswers.count > 0) {
    faults.loseAnswers.count--;
    if (faults.loseAnswers.how === 'cut') answers.cut();
    return;
  }
  const withPosition = !(faults.noRepeatedPosition && outcome.is === 'repeated');
  if (faults.slowMs > 0) setTimeout(() => answers.done(outcome, withPosition), faults.slowMs);
  else answers.done(outcome, withPosition);
}
