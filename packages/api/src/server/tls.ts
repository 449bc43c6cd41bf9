import { readFile } from 'node:fs/promises';

export interface Tls {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** Whose client certificates are believed; without it only `requireClientCert: false` makes sense. */
  readonly ca?: string;
  readonly requireClientCert: boolean;
}

export interface TlsFiles {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly requireClientCert?: boolean | undefined;
}

/**
 * Reads what `TLS_CERT_FILE`, `TLS_KEY_FILE`, `TLS_CA_FILE` and `REQUIRE_CLIENT_CERT` name; undefined without any.
 * @throws Error saying which of them is missing, or what could not be read
 */
export async function loadTls(files: TlsFiles): Promise<Tls | undefined> {
  const { certFile, keyFile, caFile, requireClientCert = false } = files;
  if (!certFile && !keyFile && !caFile && !requireClientCert) return undefined;
  if (!certFile || !keyFile) throw new Error('TLS needs both TLS_CERT_FILE and TLS_KEY_FILE');
  if (requireClientCert && !caFile) {
    throw new Error('REQUIRE_CLIENT_CERT needs TLS_CA_FILE: whose client certificates to believe');
  }
  const [cert, key, ca] = await Promise.all([
    readPem('TLS_CERT_FILE', certFile),
    readPem('TLS_KEY_FILE', keyFile),
    caFile ? readPem('TLS_CA_FILE', caFile) : undefined,
  ]);
  return { cert, key, ...(ca !== undefined && { ca }), requireClientCert };
}

async function readPem(variable: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${variable}: ${file} cannot be read`, { cause });
  });
  if (!text.includes('-----BEGIN ')) throw new Error(`${variable}: ${file} holds no PEM text`);
  return text;
}
