/** The place behind a page's last row: its time and position. */
export interface Cursor {
  readonly order: 'asc' | 'desc';
  readonly at: string;
  readonly position: string;
}

/** A cursor that no page gave, or one of the other order. */
export class BadCursor extends Error {
  constructor(why: string) {
    super(`not a cursor of the audit log: ${why}`);
    this.name = 'BadCursor';
  }
}

export function writeCursor({ order, at, position }: Cursor): string {
  return Buffer.from(JSON.stringify([order, at, position])).toString('base64url');
}

/** @throws BadCursor */
export function readCursor(text: string, order: Cursor['order']): Cursor {
  const parts = parse(text);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string')) {
    throw new BadCursor('it does not read as one');
  }
  const [made, at, position] = parts as [string, string, string];
  if (made !== order) throw new BadCursor(`it was given for the order ${made}, and this asks for ${order}`);
  return { order, at, position };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
