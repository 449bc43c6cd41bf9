import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CliError } from '../cli-error.ts';
import type { Call, Http } from './http.ts';

/** The server sends a heartbeat at least this often; silence for longer means that the connection is dead. */
const SILENCE_MS = 60_000;

/**
 * The events of one stream, until the server ends it or the connection breaks.
 * @throws ProblemError when the server refuses | CliError when it does not answer with a stream, or falls silent
 */
export async function* openEvents(http: Http, call: Call): AsyncGenerator<EventSourceMessage> {
  const watchdog = new AbortController();
  const silence = () => watchdog.abort(new CliError('the event stream fell silent'));
  const timer = setTimeout(silence, SILENCE_MS);
  const signal = call.signal ? AbortSignal.any([call.signal, watchdog.signal]) : watchdog.signal;
  try {
    const response = await http.open({
      ...call,
      signal,
      headers: { ...call.headers, accept: 'text/event-stream' },
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) {
      await response.body?.cancel();
      throw new CliError('the server did not answer with an event stream');
    }
    const messages: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => void messages.push(message) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      timer.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    clearTimeout(timer);
    watchdog.abort();
  }
}
