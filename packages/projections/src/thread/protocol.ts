import type { RebuildRefused } from '../runtime/errors.ts';
import type { LogLevel } from '../runtime/log.ts';
import type { ProjectionStatus } from '../runtime/status.ts';
import type { RebuildResult } from '../types.ts';

/** What the worker is started with. */
export interface WorkerSetup {
  readonly storeUrl: string;
  readonly folder: string;
}

export type ToWorker =
  | { readonly kind: 'rebuild'; readonly call: number; readonly name: string }
  | { readonly kind: 'resume'; readonly call: number; readonly name: string }
  | { readonly kind: 'stop' };

/** How a call went: `begun` answers at once, `done` and `failed` when a rebuild has ended. */
export type FromWorker =
  | { readonly kind: 'status'; readonly statuses: readonly ProjectionStatus[] }
  | {
      readonly kind: 'activated';
      readonly name: string;
      readonly file: string;
      readonly old: string | undefined;
    }
  | { readonly kind: 'gone'; readonly name: string }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly facts: Record<string, unknown>;
    }
  | { readonly kind: 'begun'; readonly call: number }
  | {
      readonly kind: 'refused';
      readonly call: number;
      readonly reason: RebuildRefused['reason'];
      readonly message: string;
    }
  | { readonly kind: 'done'; readonly call: number; readonly result: RebuildResult }
  | { readonly kind: 'failed'; readonly call: number; readonly message: string };
