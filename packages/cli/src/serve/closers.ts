import type { Logger } from 'pino';

/** What has been opened, to be closed in the opposite order. */
export interface Closers {
  add(what: string, close: () => Promise<void> | void): void;
  /** Closes everything, whatever fails on the way. @returns what could not be closed, or not in time */
  close(): Promise<readonly string[]>;
}

export function createClosers(logger: Logger, timeoutMs: number): Closers {
  const opened: { what: string; close: () => Promise<void> | void }[] = [];

  async function closeAll(failed: string[]): Promise<void> {
    for (let next = opened.pop(); next; next = opened.pop()) {
      failed.push(next.what);
      try {
        await next.close();
        failed.pop();
      } catch (err) {
        logger.error({ err, what: next.what }, 'could not be closed');
      }
    }
  }

  return {
    add: (what, close) => void opened.push({ what, close }),
    async close() {
      const failed: string[] = [];
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([closeAll(failed), late]);
      clearTimeout(timer);
      return failed;
    },
  };
}
