import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** Whatever way this process ends, the child does not outlive it. */
export function endWithUs<C extends ChildProcess>(child: C): C {
  watch();
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}
