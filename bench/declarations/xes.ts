import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SaxesParser } from 'saxes';
import type { LogStep, LogTrace } from './log.ts';

/**
 * Reads an XES log (IEEE 1849), gzipped or not, without holding its text in memory.
 * @throws Error for broken XML, for a trace without a name, and for a step without activity, role or time
 */
export async function readXes(file: string): Promise<LogTrace[]> {
  const reader = createXesReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) reader.write(decoder.decode(chunk, { stream: true }));
    reader.write(decoder.decode());
  };
  const text = createReadStream(file);
  if (file.endsWith('.gz')) await pipeline(text, createGunzip(), consume);
  else await pipeline(text, consume);
  return reader.end();
}

export interface XesReader {
  write(text: string): void;
  end(): LogTrace[];
}

/** Takes the text of a log piece by piece. */
export function createXesReader(): XesReader {
  const traces: LogTrace[] = [];
  const parser = new SaxesParser();
  let trace: { attributes: Map<string, string>; steps: LogStep[] } | undefined;
  let event: Map<string, string> | undefined;

  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'trace') trace = { attributes: new Map(), steps: [] };
    else if (name === 'event') event = new Map();
    // What stands in neither is about the log itself: extensions, defaults, classifiers.
    else if (attributes.key !== undefined && attributes.value !== undefined) {
      (event ?? trace?.attributes)?.set(attributes.key, attributes.value);
    }
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'event' && event && trace) {
      trace.steps.push(toStep(event, trace.attributes.get('concept:name') ?? `trace ${traces.length + 1}`));
      event = undefined;
    } else if (name === 'trace' && trace) {
      traces.push({
        name: need(trace.attributes, 'concept:name', `trace ${traces.length + 1}`),
        steps: trace.steps,
      });
      trace = undefined;
    }
  });

  return {
    write: (text) => void parser.write(text),
    end() {
      parser.close();
      return traces;
    },
  };
}

function toStep(event: ReadonlyMap<string, string>, where: string): LogStep {
  return {
    activity: need(event, 'concept:name', where),
    role: need(event, 'org:role', where),
    at: need(event, 'time:timestamp', where),
  };
}

function need(attributes: ReadonlyMap<string, string>, key: string, where: string): string {
  const value = attributes.get(key);
  if (value === undefined) throw new Error(`${where}: an element has no ${key}`);
  return value;
}
