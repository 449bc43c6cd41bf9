#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must get far enough to say that it is too old.
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `countersign needs Node ${NEEDED} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'Inside the repository, "npx pnpm@12 countersign" runs it with the Node that it installs; ' +
      'elsewhere get a newer one from https://nodejs.org.\n',
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  // The package's own name, so that `--conditions=dist` runs what was built and everything else the sources.
  const { main } = await import('@countersign/cli/main');
  process.exitCode = await main(process.argv.slice(2));
}
