import { type ConnectOptions, connectionOf } from '../client/connect.ts';
import { type Config, readConfig } from '../config/config.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { table } from '../output/table.ts';
import type { Finding } from './finding.ts';
import { checkPolicyFile, checkStore, checkWritable } from './local.ts';
import { checkServer, checkToken } from './remote.ts';

/** `countersign doctor`: looks at everything a server or a caller here stands on; changes nothing. */
export async function doctor(io: Io, options: ConnectOptions & { readonly output: Format }): Promise<number> {
  const findings: Finding[] = [
    { what: 'Node', state: 'ok', detail: `${process.versions.node}, ${process.platform}-${process.arch}` },
  ];
  const config = configOf(io, findings);
  if (config) {
    findings.push(
      await checkPolicyFile(config.policyPath),
      checkWritable(config.dataDir),
      await checkStore(config.store),
    );
  }
  const connection = connectionOf(options, io.env);
  const expected = options.url !== undefined || Boolean(io.env.COUNTERSIGN_URL);
  findings.push(...(await checkServer(connection, expected)), ...(await checkToken(connection)));
  return report(io, options.output, findings);
}

function configOf({ env }: Io, findings: Finding[]): Config | undefined {
  const what = 'configuration';
  try {
    const config = readConfig(env);
    findings.push({
      what,
      state: 'ok',
      detail: `${config.mode}, would listen on ${config.host}:${config.port}`,
    });
    for (const warning of config.warnings) findings.push({ what, state: 'warning', detail: warning });
    return config;
  } catch (error) {
    findings.push({ what, state: 'failed', detail: (error as Error).message.replaceAll(/\s*\n\s*/g, '; ') });
    return undefined;
  }
}

const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;

function report(io: Io, output: Format, findings: readonly Finding[]): number {
  const healthy = findings.every(({ state }) => state !== 'failed');
  present(io, output, { healthy, findings }, () =>
    table(
      ['', 'LOOKED AT', 'FOUND'],
      findings.map(({ what, state, detail }) => [io.style(COLOURS[state], state), what, detail]),
    ),
  );
  return healthy ? EXIT.ok : EXIT.error;
}
