import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerUnavailable, type PolicyBundle, type PolicyRegister } from '@countersign/application';
import { formatPolicyError } from '@countersign/domain';
import { StoreError } from '@countersign/event-store';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import { linesOf, readPolicyBundle } from '../policy/bundle.ts';

/**
 * Puts the file's policy into force if it never was; goes on trying while the ledger cannot be reached.
 * @returns what is in force then, in words
 */
export async function activateAtStart(
  policies: PolicyRegister,
  bundle: PolicyBundle,
  signal: AbortSignal,
): Promise<string> {
  for (let pauseMs = 250; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5000)) {
    try {
      const activation = await policies.activate(bundle, 'server', 'start', true);
      if (!activation.ok) throw new CliError(`the policy cannot be used\n${linesOf(activation.errors)}`);
      const { hash } = policies.inForce();
      return hash === activation.hash
        ? hash
        : `${hash}, not this file: it was in force before and has been replaced`;
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'none';
}

function isPassing(error: unknown): boolean {
  return error instanceof LedgerUnavailable || (error instanceof StoreError && error.kind === 'unavailable');
}

/** SIGHUP: a file that can't be used leaves the policy in force as it is. */
export async function reloadOnSignal(policies: PolicyRegister, file: string, logger: Logger): Promise<void> {
  const scope = 'policy_reloaded';
  try {
    const activation = await policies.activate(await readPolicyBundle(file), 'signal', 'signal');
    if (!activation.ok) {
      logger.error(
        { scope, file, errors: activation.errors.map(formatPolicyError) },
        'the policy has errors; the one in force stays',
      );
    } else if (!activation.changed) {
      logger.info(
        { scope, policyHash: activation.hash, source: 'signal', changed: false },
        'the policy is in force already',
      );
    }
  } catch (err) {
    logger.error({ scope, file, err }, 'the policy could not be reloaded; the one in force stays');
  }
}
