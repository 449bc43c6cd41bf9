import type { SlackSignals } from '../types.ts';

/** Tells whoever clicked, and nobody else. Never throws: that it could not be told is a signal. */
export type Respond = (responseUrl: string | undefined, mrkdwn: string) => Promise<void>;

const TIMEOUT_MS = 5000;

/** @param options.apiUrl another address of the Web API: answers may go to its host too */
export function createRespond(options: {
  readonly apiUrl?: string | undefined;
  readonly signals: SlackSignals;
  readonly timeoutMs?: number;
}): Respond {
  const { apiUrl, signals, timeoutMs = TIMEOUT_MS } = options;

  return async (responseUrl, mrkdwn) => {
    const url = allowedUrl(responseUrl, apiUrl);
    if (!url) {
      const error = new Error('the click came without an address of Slack to answer to');
      signals.failed?.({ what: 'telling a person in Slack', error });
      return;
    }
    const began = performance.now();
    const result = await send(url, mrkdwn, timeoutMs);
    const seconds = (performance.now() - began) / 1000;
    signals.called?.({ method: 'response_url', result, seconds });
    if (result === 'ok') return;
    signals.failed?.({ what: 'telling a person in Slack', error: new Error(`not told: ${result}`) });
  };
}

/**
 * Where an answer may go: Slack's own hosts over TLS. A payload is signed, but what it names is still called from
 * within the network that this runs in.
 */
export function allowedUrl(text: string | undefined, apiUrl: string | undefined): URL | null {
  const url = text === undefined ? null : URL.parse(text);
  if (url?.username !== '' || url.password !== '') return null;
  const api = apiUrl === undefined ? null : URL.parse(apiUrl);
  if (api && url.host === api.host && url.protocol === api.protocol) return url;
  return url.protocol === 'https:' && url.port === '' && /(^|\.)slack\.com$/.test(url.hostname) ? url : null;
}

async function send(url: URL, text: string, timeoutMs: number): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok ? 'ok' : `http_${response.status}`;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'timeout' : 'network';
  }
}
