import type { PageState } from '../../page-seam.ts';
import type { People, Told } from '../wire.ts';

const HEADERS = { 'Content-Type': 'application/json', 'X-Slack-Simulator-Page': '1' };

export async function people(): Promise<People> {
  return (await (await fetch('/page/people')).json()) as People;
}

/** @returns null when the workspace has no such person */
export async function state(user: string): Promise<PageState | null> {
  const response = await fetch(`/page/state?user=${encodeURIComponent(user)}`);
  return response.ok ? ((await response.json()) as PageState) : null;
}

/** Does something as a person. @returns what went wrong, in a sentence; null when nothing did */
export async function post(action: string, body: object): Promise<string | null> {
  try {
    const response = await fetch(`/page/${action}`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { readonly delivery?: Told | null; readonly error?: string };
    if (!response.ok) return answer.error ?? `The simulator answered with status ${response.status}.`;
    return answer.delivery ? problemOf(answer.delivery) : null;
  } catch {
    return 'The simulator does not answer.';
  }
}

function problemOf({ status, milliseconds, body }: Told): string | null {
  if (status >= 200 && status < 300) return null;
  const seconds = `${(milliseconds / 1000).toFixed(1)} s`;
  const detail = body === '' ? '' : `: ${body}`;
  if (status < 100) return `The app did not answer (${seconds})${detail}`;
  return `The app answered with status ${status} after ${seconds}${detail}`;
}
