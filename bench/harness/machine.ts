import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What a reader must know of the machine to read the figures. */
export function machineFacts(): string[] {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB RAM`,
    `${platform()} ${release()}, Node ${process.versions.node}`,
    `Temporary files on ${fileSystem()}`,
    `Load average at the start ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  ];
}

function fileSystem(): string {
  try {
    const args = ['--output=fstype,source', process.env.TMPDIR ?? '/tmp'];
    return (
      execFileSync('df', args, { encoding: 'utf8' }).trim().split('\n')[1]?.replace(/\s+/, ' on ') ??
      'unknown'
    );
  } catch {
    return 'an unknown file system';
  }
}
