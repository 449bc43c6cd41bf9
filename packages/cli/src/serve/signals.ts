import { constants } from 'node:os';

const ENDING = ['SIGTERM', 'SIGINT'] as const;

/**
 * Waits for the signal that ends the server. A second one, from somebody in a hurry, ends the process at once.
 * @param onReload called at each SIGHUP
 */
export function untilTold({ onReload }: { onReload: () => void }): Promise<NodeJS.Signals> {
  process.on('SIGHUP', onReload);
  return new Promise((resolve) => {
    let told = false;
    for (const name of ENDING) {
      process.on(name, () => {
        if (told) process.exit(128 + constants.signals[name]);
        told = true;
        resolve(name);
      });
    }
  });
}
