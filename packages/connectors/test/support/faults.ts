import type { ServerResponse } from 'node:http';
import { answer, cutOff, hangUp } from './server.ts';

/** What goes wrong with one request: before it is carried out, or after. */
export const FAULTS = [
  'reset-before',
  'reset-after',
  'cut-after',
  'error-before',
  'error-after',
  'limited-before',
  'stall-before',
  'stall-after',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How a service says that it has too many requests. */
export interface Limit {
  readonly status: number;
  readonly body: object;
  readonly retryAfter: string;
}

/** The faults planned for a service's requests, by their number. */
export class FaultPlan {
  readonly #limit: Limit;
  readonly #planned = new Map<number, Fault>();
  #count = 0;
  #onStall: () => void = () => {};

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** Lets the nth request from now on (from 0) go wrong; `stalled` is called when it is left without an answer. */
  failAt(index: number, fault: Fault, stalled: () => void = () => {}): void {
    this.#planned.set(this.#count + index, fault);
    this.#onStall = stalled;
  }

  /** The fault of the request that comes in now. */
  next(): Fault | undefined {
    return this.#planned.get(this.#count++);
  }

  goWrong(fault: Fault, response: ServerResponse): void {
    if (fault.startsWith('reset')) hangUp(response);
    else if (fault.startsWith('cut')) cutOff(response, 201, '{"id":');
    else if (fault.startsWith('stall')) this.#onStall();
    else if (fault.startsWith('error')) answer(response, 502, { message: 'Server Error' });
    else answer(response, this.#limit.status, this.#limit.body, { 'retry-after': this.#limit.retryAfter });
  }
}
