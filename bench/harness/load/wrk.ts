import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempDir } from '../temp.ts';
import type { LoadResult, LoadTarget } from './load.ts';

export async function runWrk(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult> {
  const dir = makeTempDir('wrk');
  try {
    const script = join(dir.path, 'post.lua');
    writeFileSync(script, luaFor(target));
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, target.url];
    const { stdout } = await promisify(execFile)('wrk', args);
    const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
    if (line === undefined) throw new Error(`wrk said nothing that can be read:\n${stdout}`);
    const { requests, us, status, connect, read, write, timeout, p50, p95, p99 } = JSON.parse(line);
    const errors = { status, connect, read, write, timeout };
    if (Object.values(errors).some((count) => count > 0))
      throw new Error(`wrk met errors: ${JSON.stringify(errors)}`);
    return { perSecond: requests / (us / 1e6), p50: p50 / 1000, p95: p95 / 1000, p99: p99 / 1000 };
  } finally {
    dir.remove();
  }
}

function luaFor({ headers, body }: LoadTarget): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`,
  );
  return `
wrk.method = "POST"
wrk.body = ${quoted(body)}
${lines.join('\n')}
function done(summary, latency)
  local e = summary.errors
  print(string.format('RESULT {"requests":%d,"us":%d,"status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"p50":%d,"p95":%d,"p99":%d}',
    summary.requests, summary.duration, e.status, e.connect, e.read, e.write, e.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
`;
}

/** A Lua string that holds any text without a closing bracket of this level. */
function quoted(text: string): string {
  if (text.includes(']====]')) throw new Error('the text cannot be written for Lua');
  return `[====[${text}]====]`;
}
