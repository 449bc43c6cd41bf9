import { generate } from 'selfsigned';

export interface Certificates {
  readonly authority: string;
  readonly server: { readonly key: string; readonly cert: string };
}

/** An authority and a certificate of its own for names and 127.0.0.1. */
export async function certificates(...names: string[]): Promise<Certificates> {
  const shared = { keyType: 'ec', algorithm: 'sha256' } as const;
  const root = await generate([{ name: 'commonName', value: 'Test Authority' }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const altNames = [
    ...names.map((value) => ({ type: 2 as const, value })),
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const pems = await generate([{ name: 'commonName', value: names[0] ?? 'server' }], {
    ...shared,
    ca: { key: root.private, cert: root.cert },
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { authority: root.cert, server: { key: pems.private, cert: pems.cert } };
}
