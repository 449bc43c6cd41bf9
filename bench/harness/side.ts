import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './children.ts';

/**
 * One side of a comparison, in a process of its own, so that neither side's garbage, caches or threads weigh on the
 * other. It does nothing until it is asked, and answers with what it measured.
 */
export interface Side {
  readonly pid: number;
  // biome-ignore lint/suspicious/noExplicitAny: each side knows the shape of its own answers
  ask(question: string, input?: unknown): Promise<any>;
  /** Resolves once the process is gone. */
  close(): Promise<void>;
}

export interface SideOptions {
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** @param file of a script that calls `answerAs` */
export async function openSide(file: URL, { nodeArgs = [], args = [] }: SideOptions = {}): Promise<Side> {
  const child = endWithUs(
    fork(fileURLToPath(file), [...args], {
      execArgv: [...nodeArgs],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    }),
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.on('exit', (code, signal) => {
    const error = `${file.pathname} ended with ${code ?? signal}`;
    for (const [id, settle] of waiting) settle({ id, error });
  });
  await firstSign(child, file);
  return {
    pid: child.pid as number,
    ask(question, input) {
      const id = ++asked;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ value, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(value);
          else reject(new Error(error));
        });
        child.send({ id, question, input });
      });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.send({ id: 0, question: 'close' });
      await once(child, 'exit');
    },
  };
}

async function firstSign(child: ChildProcess, file: URL): Promise<void> {
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${file.pathname} ended with ${code} before it was ready`);
  });
  died.catch(() => undefined);
  await Promise.race([once(child, 'message'), died]);
}

// biome-ignore lint/suspicious/noExplicitAny: each side knows the shape of its own questions
export type Handlers = Readonly<Record<string, (input: any) => unknown>>;

/** In the side's script: answers questions one after the other. `close`, where given, runs last. */
export function answerAs(handlers: Handlers): void {
  process.on('message', async ({ id, question, input }: { id: number; question: string; input: unknown }) => {
    if (question === 'close') {
      await handlers.close?.(undefined);
      process.disconnect();
      return;
    }
    try {
      const handler = handlers[question];
      if (!handler) throw new Error(`no handler for ${question}`);
      process.send?.({ id, value: await handler(input) });
    } catch (error) {
      process.send?.({ id, error: (error as Error).stack ?? String(error) });
    }
  });
  process.send?.({ id: 0 });
}
