import { failed, failedForNow, type Stop, unknown } from '../step/stop.ts';
import { HttpFault } from './fault.ts';

/** What a request that came to no answer means for its step. */
export function stopOf(fault: HttpFault): Stop {
  if (fault.sent) return unknown(fault.message);
  return fault.lasting ? failed(fault.message) : failedForNow(fault.message);
}

/**
 * Awaits a request that changes nothing: whatever it ends in, nothing was carried out.
 * @throws Stop that is `failed`
 */
export async function harmless<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    const stop = error instanceof HttpFault ? stopOf(error) : error;
    throw isUnknown(stop) ? failedForNow(stop.message) : stop;
  }
}

function isUnknown(error: unknown): error is Stop {
  return (error as Partial<Stop>)?.outcome?.outcome === 'unknown';
}
