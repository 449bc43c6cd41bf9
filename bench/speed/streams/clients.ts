import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, expectStatus, openApi } from '../../harness/http.ts';
import { answerAs } from '../../harness/side.ts';
import { markOf, markReader, openStream } from './sse-client.ts';

/** The clients of the stream benchmarks: who sends, and who reads the streams that are measured. One clock for both. */

const STREAM = '/api/events/stream';
const REQUEST = '/api/guard/request';
const sockets: Socket[] = [];
const apis = new Map<string, Api>();
/** When each number was sent, and how long each reading took: milliseconds. */
const sentAt = new Map<number, number>();
let delays: number[] = [];
let next = 0;

function apiOf(url: string): Api {
  const known = apis.get(url) ?? openApi(url, 16);
  apis.set(url, known);
  return known;
}

/** Opens streams of the live feed; every number that arrives on one is a delay. */
async function read({ url, token, count }: { url: string; token: string; count: number }): Promise<void> {
  const onText = () =>
    markReader((number, at) => {
      const sent = sentAt.get(number);
      if (sent !== undefined) delays.push(at - sent);
    });
  const opened = Array.from({ length: count }, () =>
    openStream({ url, path: STREAM, token, onText: onText() }),
  );
  sockets.push(...(await Promise.all(opened)));
}

/** Streams that are read and thrown away. */
async function drain({ url, token, count }: { url: string; token: string; count: number }): Promise<void> {
  for (let index = 0; index < count; index++) {
    sockets.push(await openStream({ url, path: STREAM, token, onText: () => undefined }));
  }
}

function closeStreams(): void {
  for (const socket of sockets.splice(0)) socket.destroy();
}

interface Posting {
  readonly url: string;
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Sends requests at a steady pace, whether or not the ones before have been answered, and waits until all were read. */
async function post(posting: Posting): Promise<{ delays: number[]; expected: number }> {
  delays = [];
  sentAt.clear();
  const count = Math.round(posting.perSecond * posting.seconds);
  const answers = await paced(count, posting.perSecond, () => postOne(posting));
  await Promise.all(answers);
  const expected = count * sockets.length;
  for (
    const deadline = performance.now() + 10_000;
    delays.length < expected && performance.now() < deadline;
  ) {
    await sleep(10);
  }
  return { delays, expected };
}

async function postOne({ url, token, body }: Posting): Promise<void> {
  const number = next++;
  const marked = { ...body, params: { mark: markOf(number) } };
  sentAt.set(number, performance.now());
  expectStatus(await apiOf(url).send({ method: 'POST', path: REQUEST, token, body: marked }), [201], REQUEST);
}

async function paced<T>(count: number, perSecond: number, work: (index: number) => T): Promise<T[]> {
  const began = performance.now();
  const results: T[] = [];
  while (results.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * perSecond) + 1);
    while (results.length < due) results.push(work(results.length));
    await sleep(1);
  }
  return results;
}

type Capturing = Pick<Posting, 'url' | 'token' | 'body'> & { readonly requester: string };

/** The frame that one request makes on the feed, as it came over the wire. */
async function capture({ url, token, requester, body }: Capturing): Promise<string> {
  const mark = markOf(next);
  const frame = Promise.withResolvers<string>();
  let text = '';
  const onText = (piece: string): void => {
    text += piece;
    const found = text.split('\n\n').find((part) => part.includes(mark) && part.includes('event: '));
    if (found !== undefined && text.includes(`${found}\n\n`)) {
      frame.resolve(`${found.slice(found.indexOf('event: '))}\n\n`.replace(mark, 'MARK'));
    }
  };
  const socket = await openStream({ url, path: STREAM, token, onText });
  await postOne({ url, token: requester, body, perSecond: 1, seconds: 1 });
  const made = await frame.promise;
  socket.destroy();
  return made;
}

interface Watched {
  readonly requestId: string;
  readonly token: string;
}

/** Approves each watched request with one voter after the other; a delay is from sending to its `state` event. */
async function approve(asked: {
  readonly url: string;
  readonly requests: readonly Watched[];
  readonly voters: readonly string[];
  readonly perSecond: number;
}): Promise<{ delays: number[]; expected: number }> {
  const { url, requests, voters, perSecond } = asked;
  const sent = new Map<string, number>();
  const found: number[] = [];
  const streams = requests.map(({ requestId, token }) => {
    let rest = '';
    const onText = (piece: string, at: number): void => {
      rest += piece;
      const frames = rest.split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const approvals = /"approvers":\[(.*?)\]/.exec(frame)?.[1]?.match(/"sub":/g)?.length ?? 0;
        const began = sent.get(`${requestId} ${approvals}`);
        if (frame.includes('event: state') && began !== undefined) found.push(at - began);
      }
    };
    return openStream({ url, path: '/api/guard/wait-sse', token, onText });
  });
  const opened = await Promise.all(streams);
  const count = requests.length * voters.length;
  const answers = await paced(count, perSecond, async (index) => {
    const { requestId = '' } = requests[index % requests.length] ?? {};
    const vote = Math.floor(index / requests.length);
    sent.set(`${requestId} ${vote + 1}`, performance.now());
    const path = `/api/approvals/${requestId}/decide`;
    const call = { method: 'POST', path, token: voters[vote] ?? '', body: { status: 'approved' } } as const;
    expectStatus(await apiOf(url).send(call), [200], path);
  });
  await Promise.all(answers);
  for (const deadline = performance.now() + 10_000; found.length < count && performance.now() < deadline; )
    await sleep(10);
  for (const socket of opened) socket.destroy();
  return { delays: found, expected: count };
}

answerAs({
  read,
  drain,
  closeStreams,
  post,
  capture,
  approve,
  async close() {
    closeStreams();
    for (const api of apis.values()) await api.close();
  },
});
