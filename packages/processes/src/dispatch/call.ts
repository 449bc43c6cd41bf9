/** What came of one call of a connector. */
export type Called<T> =
  | { readonly came: 'answer'; readonly answer: T }
  /** It broke its promise not to throw, and was told to end whatever it had begun. */
  | { readonly came: 'exception'; readonly error: Error }
  /** It did not even end when its time was over. */
  | { readonly came: 'nothing' };

/**
 * Calls a connector, tells it to end when its time is over, and waits a little longer for what it has to say then.
 * Measured by a clock that nobody sets. Never rejects.
 */
export async function call<T>(
  begin: (signal: AbortSignal) => Promise<T>,
  { callTimeoutMs, graceMs }: { readonly callTimeoutMs: number; readonly graceMs: number },
): Promise<Called<T>> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Called<T>>((resolve) => {
    timer = setTimeout(() => {
      ending.abort(new DOMException(`took longer than ${callTimeoutMs} ms`, 'TimeoutError'));
      timer = setTimeout(() => resolve({ came: 'nothing' }), graceMs);
    }, callTimeoutMs);
  });
  const answered = attempt(begin, ending.signal);
  const called = await Promise.race([answered, silence]);
  clearTimeout(timer);
  if (called.came === 'exception') ending.abort();
  return called;
}

async function attempt<T>(
  begin: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<Called<T>> {
  try {
    return { came: 'answer', answer: await begin(signal) };
  } catch (error) {
    return { came: 'exception', error: withoutMessage(error) };
  }
}

/** Connectors keep secrets out of what they say. What they did not mean to say may hold any: its kind and place remain. */
function withoutMessage(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`threw a ${typeof error}`);
  const { code } = error as NodeJS.ErrnoException;
  const bare = new Error(`threw ${error.name}${typeof code === 'string' ? ` (${code})` : ''}`);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  bare.stack = [`Error: ${bare.message}`, ...frames].join('\n');
  return bare;
}
