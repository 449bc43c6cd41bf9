import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium on this machine: `CHROMIUM_PATH`, or the first of the usual names on PATH; null when there is none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { CHROMIUM_PATH: given, PATH: path = '' } = environment;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const places = given ? [given] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why suites that need a browser are skipped; null when they run. Printed once for each file that asks. */
export function whyNoBrowser(): string | null {
  if (findChromium() !== null) return null;
  const reason = `skipped: no Chromium (CHROMIUM_PATH, or ${NAMES.join(', ')} on PATH)`;
  process.stderr.write(`${reason}\n`);
  return reason;
}

/** A headless browser. @throws Error when there is no Chromium */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium on this machine');
  // Its own sandbox needs privileges that containers don't have; it opens pages of this machine only.
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] });
}
