import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectionLog } from './log.ts';
import { inspect, removeView, type ViewMeta } from './view-file.ts';

/**
 * `<name>.<generation>.sqlite`: each build makes the next generation. The newest finished one is in force; a file says
 * itself that it is finished, in one commit, so that no crash leaves two truths.
 */
const FILE = /^([a-z]+)\.(\d+)\.sqlite$/;

export interface Found {
  readonly file: string;
  readonly meta: ViewMeta;
}

export interface ViewFolder {
  /** The file in force of each view; everything unfinished or superseded is deleted, what is broken moved aside. */
  tidy(): Map<string, Found>;
  /** A name for the next file of this view. */
  nextFile(name: string): string;
  /** Keeps a file for whoever wants to look at it, out of the way; the one kept before of the same view goes. */
  moveAside(file: string, name: string): string;
}

export function openFolder(path: string, log: ProjectionLog): ViewFolder {
  mkdirSync(path, { recursive: true });

  function files(): { file: string; name: string; generation: number }[] {
    return readdirSync(path)
      .map((entry) => ({ entry, parts: FILE.exec(entry) }))
      .flatMap(({ entry, parts }) =>
        parts ? [{ file: join(path, entry), name: parts[1] as string, generation: Number(parts[2]) }] : [],
      )
      .sort((a, b) => b.generation - a.generation);
  }

  function moveAside(file: string, name: string): string {
    const aside = join(path, `${name}.aside`);
    rmSync(aside, { force: true });
    renameSync(file, aside);
    removeView(file);
    return aside;
  }

  return {
    tidy() {
      const inForce = new Map<string, Found>();
      for (const { file, name } of files()) {
        const meta = inForce.has(name) ? undefined : inspect(file);
        if (meta && 'broken' in meta) {
          const aside = moveAside(file, name);
          log('error', 'a view file cannot be used and was moved aside', {
            view: name,
            file: aside,
            reason: meta.broken,
          });
        } else if (meta?.state === 'ready' && meta.name === name) {
          inForce.set(name, { file, meta });
        } else {
          if (meta?.state === 'building')
            log('warn', 'an unfinished build of a view was deleted', { view: name, file });
          removeView(file);
        }
      }
      return inForce;
    },
    nextFile(name) {
      // Somebody may have cleared the folder away; the views in force live on as open files.
      mkdirSync(path, { recursive: true });
      const newest = files().find((one) => one.name === name)?.generation ?? 0;
      return join(path, `${name}.${newest + 1}.sqlite`);
    },
    moveAside,
  };
}
