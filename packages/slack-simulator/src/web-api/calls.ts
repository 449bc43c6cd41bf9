import type { Json } from '../block-kit/place.ts';
import type { ApiCall } from '../types.ts';

const kept = 10_000;

export interface CallLog {
  note(method: string, args: Json, result: string, at: number): void;
  list(method?: string): readonly ApiCall[];
  forget(): void;
}

/** The newest calls of the Web API, without their tokens. */
export function callLog(): CallLog {
  let calls: ApiCall[] = [];
  return {
    note(method, { token: _token, ...args }, result, at) {
      calls.push({ method, args, result, at });
      // Cut now and then, as moving ten thousand entries for every call costs more than keeping some.
      if (calls.length > kept * 1.2) calls = calls.slice(-kept);
    },
    list(method) {
      const newest = calls.slice(-kept);
      return method === undefined ? newest : newest.filter((call) => call.method === method);
    },
    forget() {
      calls = [];
    },
  };
}
