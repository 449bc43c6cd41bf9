import type { Clock, ReplayGuard } from '@countersign/application';
import type { Request, RequestHandler, Response } from 'express';
import type { SlackSignals } from '../types.ts';
import { BodyRefused, readRawBody } from './raw-body.ts';
import type { Received, Verdict } from './received.ts';
import { isFormed, signatureFault } from './signature.ts';
import { LATE, within } from './within.ts';

export interface SignedOptions {
  /** Any of them may have signed. */
  readonly secrets: readonly string[];
  readonly replays: ReplayGuard;
  readonly clock: Clock;
  readonly signals: SlackSignals;
  /** Longest wait for the ledger to say whether a call was taken before. */
  readonly ackMs: number;
  /** Calls that the ledger is asked about at a time. */
  readonly maxInFlight: number;
}

/** A request that Slack has signed, as Bolt's receiver gets it. */
export interface SignedRequest extends Request {
  /** Bolt reads this instead of the stream. */
  rawBody?: Buffer;
  received?: Received;
}

const BODY = { maxBytes: 1024 * 1024, timeoutMs: 5000 };
const FORM = 'application/x-www-form-urlencoded';

/**
 * Lets through what Slack has signed in the last five minutes and what was not taken before; everything else is
 * answered here, and nothing happens.
 *
 * Whether a call was taken before, the ledger knows. It is waited for as long as Slack waits; after that the call
 * goes on with its verdict outstanding, so that Slack has its answer in time.
 */
export function signed(options: SignedOptions): RequestHandler {
  const { secrets, clock, signals, ackMs } = options;
  const judge = createJudge(options);

  return async (req: SignedRequest, res, next) => {
    const at = performance.now();
    const isForm = normaliseForm(req);
    const signature = req.get('x-slack-signature');
    const timestamp = req.get('x-slack-request-timestamp');
    const body = await readBody(req, res);
    if (!body) return;
    if (isForm && !isFormed({ signature, timestamp }) && isSslCheck(body)) {
      // Slack asks so whether the address can be reached at all; it is not always signed, and does nothing.
      res.status(200).end();
      return;
    }
    const fault = signatureFault({ signature, timestamp, body }, secrets, clock());
    if (fault || signature === undefined) {
      signals.refused?.(fault ?? 'bad_signature');
      res.status(401).end();
      return;
    }
    const verdict = judge(signature);
    // A ledger that fails is told to whoever clicked, by what carries the click out.
    const known = await within(verdict, at + ackMs - performance.now()).catch(() => LATE);
    if (known === 'replayed') {
      res.status(401).end();
      return;
    }
    req.rawBody = body;
    req.received = { verdict, at };
    next();
  };
}

/** Asks the ledger, for so many calls at a time. */
function createJudge({ replays, signals, maxInFlight }: SignedOptions) {
  let asked = 0;

  async function ask(signature: string): Promise<Verdict> {
    if (asked >= maxInFlight) return 'busy';
    asked += 1;
    try {
      if (await replays.accept('slack', signature)) return 'fresh';
      signals.refused?.('replayed_signature');
      return 'replayed';
    } finally {
      asked -= 1;
    }
  }

  return (signature: string): Promise<Verdict> => {
    const verdict = ask(signature);
    // Whoever carries the call out hears of it too; nobody does where there is nothing to carry out.
    verdict.catch((error: unknown) =>
      signals.failed?.({ what: 'asking whether a call of Slack is new', error }),
    );
    return verdict;
  };
}

async function readBody(req: Request, res: Response): Promise<Buffer | null> {
  try {
    return await readRawBody(req, BODY);
  } catch (error) {
    if (!(error instanceof BodyRefused)) throw error;
    // What is refused unread is not waited for either.
    res.status(error.status).set('Connection', 'close').end();
    return null;
  }
}

/** Bolt knows a form by this content type to the letter, without the charset that a proxy may add. */
function normaliseForm(req: Request): boolean {
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM) return false;
  req.headers['content-type'] = FORM;
  return true;
}

function isSslCheck(body: Buffer): boolean {
  return body.length < 1000 && new URLSearchParams(body.toString('utf8')).get('ssl_check') === '1';
}
