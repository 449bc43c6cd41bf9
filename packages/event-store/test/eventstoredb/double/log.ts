/** An event as the log keeps it. */
export interface Entry {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** 100 ns since 1970. */
  readonly created: bigint;
}

export type Proposed = Pick<Entry, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type Outcome =
  | { readonly is: 'written' | 'repeated'; readonly revision: bigint; readonly position: bigint }
  | { readonly is: 'wrong_version'; readonly current: bigint | 'no_stream' }
  | { readonly is: 'deleted' };

/** A log with the server's rules for appends. It outlives the servers that serve it. */
export class Log {
  readonly entries: Entry[] = [];
  readonly #streams = new Map<string, Entry[]>();
  readonly #tombstones = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #next = 1000n;

  stream(name: string): readonly Entry[] {
    return this.#streams.get(name) ?? [];
  }

  isDeleted(name: string): boolean {
    return this.#tombstones.has(name);
  }

  append(name: string, expected: Expected, proposed: readonly Proposed[]): Outcome {
    if (this.#tombstones.has(name)) return { is: 'deleted' };
    const stream = this.stream(name);
    const current = BigInt(stream.length) - 1n;
    const wrong: Outcome = { is: 'wrong_version', current: current < 0n ? 'no_stream' : current };
    if (expected === 'stream_exists' && current < 0n) return wrong;

    if (expected === 'any' || expected === 'stream_exists') {
      const found = proposed.map(({ id }) => stream.find((entry) => entry.id === id));
      if (found.every((entry) => entry !== undefined)) return repeated(found.at(-1));
      return found.some((entry) => entry !== undefined) ? wrong : this.#write(name, proposed);
    }

    const at = expected === 'no_stream' ? -1n : expected;
    if (at > current) return wrong;
    // The ids are not looked at here: the same batch twice at the current revision is written twice.
    if (at === current) return this.#write(name, proposed);
    const from = Number(at) + 1;
    const equal = proposed.every(({ id }, index) => stream[from + index]?.id === id);
    return equal ? repeated(stream[from + proposed.length - 1]) : wrong;
  }

  /** Index of the first entry at or behind a position. */
  indexFrom(position: bigint): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle] as Entry).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What the server or another program writes, with any name and any bytes. */
  write(name: string, event: Partial<Proposed> & { readonly type: string }): Entry {
    const proposed = {
      id: crypto.randomUUID(),
      contentType: 'application/json',
      data: Buffer.from('{}'),
      metadata: new Uint8Array(),
      ...event,
    };
    this.#write(name, [proposed]);
    return this.stream(name).at(-1) as Entry;
  }

  /** Deletes a stream for ever; the log keeps a trace of it. */
  tombstone(name: string): void {
    this.write(name, { type: '$streamDeleted' });
    this.#tombstones.add(name);
  }

  /** Called after every append. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(name: string, proposed: readonly Proposed[]): Outcome {
    const stream = this.#streams.get(name) ?? [];
    this.#streams.set(name, stream);
    for (const event of proposed) {
      const created = BigInt(Date.now()) * 10_000n;
      const entry = {
        ...event,
        stream: name,
        revision: BigInt(stream.length),
        position: this.#next,
        created,
      };
      stream.push(entry);
      this.entries.push(entry);
      // A position is an offset: holes between them are the rule.
      this.#next += BigInt(120 + event.data.length + event.metadata.length);
    }
    for (const listener of this.#listeners) listener();
    const last = stream.at(-1) as Entry;
    return { is: 'written', revision: last.revision, position: last.position };
  }
}

function repeated(last: Entry | undefined): Outcome {
  if (!last) throw new Error('a repeated batch has a last event');
  return { is: 'repeated', revision: last.revision, position: last.position };
}
