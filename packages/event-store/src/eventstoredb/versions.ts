import type { Connection } from './connection.ts';
import { reasonOf } from './errors.ts';
import type { Settings } from './options.ts';

/** What the adapter makes of the server's version. */
export interface ServerVerdict {
  /** Whether the checkpoints of a filtered subscription may be believed. */
  readonly trustCheckpoints: boolean;
  readonly warnings: readonly string[];
}

/**
 * Judges a version such as `24.10.5.0`. The known flaws: before 23.10 there is no word when a subscription has
 * caught up; before 24.10.5 and in 25.0.0 a filtered subscription can be given a checkpoint ahead of events that
 * it has yet to be given (KurrentDB pull requests 4975, 4990 and 4991).
 */
export function judge(version: string | undefined): ServerVerdict {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '');
  if (!parts) {
    return {
      trustCheckpoints: false,
      warnings: [
        `the server tells no version that can be read (${version ?? 'none'}); 24.10.5 or later is meant`,
      ],
    };
  }
  const [major, minor, patch] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
  const release = major * 1e6 + minor * 1e3 + patch;
  const warnings: string[] = [];
  if (release < 22_006_000) {
    warnings.push(`server ${version} does not tell the position of what it reads; 22.6 or later is needed`);
  }
  if (release < 23_010_000) {
    warnings.push(
      `server ${version} does not say when a subscription has caught up; the log is asked instead`,
    );
  }
  const flawed = release < 24_010_005 || release === 25_000_000;
  if (flawed) {
    warnings.push(
      `server ${version} may send checkpoints ahead of events (fixed in 24.10.5, 25.0.1 and 25.1.0); they are not used`,
    );
  }
  return { trustCheckpoints: !flawed, warnings };
}

/** A server that does not tell its version is not asked with every call. */
const ASK_AGAIN_MS = 10_000;

export interface VersionCheck {
  /** Asks the server, unless it has answered or is being asked. */
  ask(): void;
  asked(): Promise<void> | undefined;
  verdict(): ServerVerdict | undefined;
}

/** Asks for the version once a call has shown that the server is there, and warns of what it is known for. */
export function serverVersion(
  connection: Connection,
  settings: Settings,
  closing: AbortSignal,
): VersionCheck {
  let verdict: ServerVerdict | undefined;
  let asked: Promise<void> | undefined;
  let notBefore = 0;
  const ask = async (): Promise<void> => {
    try {
      verdict = judge(await connection.serverVersion(settings.readTimeoutMs));
      for (const warning of verdict.warnings) settings.signals.onWarning?.(warning);
    } catch (error) {
      notBefore = performance.now() + ASK_AGAIN_MS;
      settings.signals.onFailure?.('read', 'unavailable', reasonOf(error));
    } finally {
      asked = undefined;
    }
  };
  return {
    ask() {
      if (!verdict && !closing.aborted && performance.now() >= notBefore) asked ??= ask();
    },
    asked: () => asked,
    verdict: () => verdict,
  };
}
