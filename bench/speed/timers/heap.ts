import { answerAs } from '../../harness/side.ts';

/** The yardstick: a binary heap of due times and one timer to the earliest, with a look at the clock. No store. */
interface Asked {
  readonly count: number;
  readonly spreadMs: number;
}

function run({ count, spreadMs }: Asked): Promise<number[]> {
  const start = now() + 1000;
  const heap: number[] = [];
  for (let index = 0; index < count; index++)
    push(heap, start + ((index * 7919) % count) * (spreadMs / count));
  const late: number[] = [];
  return new Promise((resolve) => {
    const wake = (): void => {
      for (let due = heap[0]; due !== undefined && due <= now(); due = heap[0]) {
        pop(heap);
        late.push(now() - due);
      }
      const next = heap[0];
      if (next === undefined) resolve(late);
      else setTimeout(wake, Math.max(1, next - now()));
    };
    wake();
  });
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function push(heap: number[], value: number): void {
  let index = heap.push(value) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if ((heap[parent] as number) <= value) break;
    heap[index] = heap[parent] as number;
    index = parent;
  }
  heap[index] = value;
}

function pop(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= last) break;
    heap[index] = heap[child] as number;
    index = child;
  }
  heap[index] = last;
}

answerAs({ run });
