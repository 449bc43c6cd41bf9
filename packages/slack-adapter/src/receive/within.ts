/** Stands for an answer that was not there in time. */
export const LATE = Symbol('late');

/**
 * What the work gives, or `LATE` once the time is over; the work goes on either way.
 * @param ms from now; none left counts as over at once
 * @throws whatever the work throws in time
 */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
