import type { Received } from '../../support/server.ts';

export const SITE =
  'contoso.example,11111111-1111-1111-1111-111111111111,22222222-2222-2222-2222-222222222222';
export const TENANT = 'contoso.example';

export interface Upload {
  readonly path: string;
  readonly parts: Buffer[];
}

export interface ListItem {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an Entra and a Graph with one drive and one list hold. */
export interface World {
  now: number;
  readonly files: Map<string, Buffer>;
  readonly uploads: Map<string, Upload>;
  /** Uploads that were called off. */
  abandoned: number;
  readonly items: ListItem[];
  /** The column for keys; undefined: the list has none. */
  column:
    | { readonly name: string; readonly indexed: boolean; readonly enforceUniqueValues: boolean }
    | undefined;
  /** Answers filters with nothing, as SharePoint was seen to do. */
  blindFilter: boolean;
  /** Gives an empty page before the one that has it. */
  emptyPageFirst: boolean;
  /** Happens just before a request is carried out. */
  meanwhile: (route: string) => void;
  readonly tokens: Set<string>;
  minted: number;
  readonly secret: string;
}

export function newWorld(): World {
  return {
    now: Date.parse('2026-05-01T12:00:00Z'),
    files: new Map(),
    uploads: new Map(),
    abandoned: 0,
    items: [],
    column: { name: 'CountersignKey', indexed: true, enforceUniqueValues: false },
    blindFilter: false,
    emptyPageFirst: false,
    meanwhile: () => {},
    tokens: new Set(),
    minted: 0,
    secret: 'sentinel-client-secret+/=',
  };
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

export const error = (status: number, code: string): Reply => ({
  status,
  body: { error: { code, message: `${code}.` } },
});

/** A request on its way to one of the double's parts. */
export interface Asked {
  readonly request: Received;
  readonly url: URL;
  /** Tells which route it took. */
  readonly note: (route: string) => void;
}
