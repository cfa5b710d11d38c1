import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Logger } from '../observe/log.ts';

/** The certificate or its key can't be used. The message is one line for the operator, and holds nothing of the key. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

/** What Node's TLS takes. */
export interface Certificate {
  /** PEM: the certificate, and those that lead to its root. */
  readonly cert: Buffer;
  /** PEM. */
  readonly key: Buffer;
}

/** RFC 9325, 3.1.1: TLS 1.2 and 1.3 only. */
export const leastTlsVersion = 'TLSv1.2';

/** Certificates are renewed days before they end, so a change is no hurry. */
const lookMs = 10_000;

export interface TlsFilesOptions {
  readonly certFile: string;
  readonly keyFile: string;
  readonly log: Logger;
  /** How often the files are looked at, ms. Default 10 s. */
  readonly lookMs?: number;
}

/**
 * A certificate and its key in files that others renew, such as a mounted secret. While a renewed pair can't be
 * used, the one before goes on.
 */
export class TlsFiles {
  readonly #options: TlsFilesOptions;
  readonly #onChange = new Set<(certificate: Certificate) => void>();
  readonly #timer: NodeJS.Timeout;
  #identity: string;
  #certificate: Certificate;

  /** @throws TlsError */
  static async open(options: TlsFilesOptions): Promise<TlsFiles> {
    const identity = await identityOf(options).catch(() => '');
    return new TlsFiles(options, identity, await read(options));
  }

  private constructor(options: TlsFilesOptions, identity: string, certificate: Certificate) {
    this.#options = options;
    this.#identity = identity;
    this.#certificate = certificate;
    this.#timer = setInterval(() => void this.#look(), options.lookMs ?? lookMs);
    this.#timer.unref();
  }

  get certificate(): Certificate {
    return this.#certificate;
  }

  /** Calls `listener` with each new certificate. */
  onChange(listener: (certificate: Certificate) => void): void {
    this.#onChange.add(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { log } = this.#options;
    // Of before the files are read: what changes meanwhile is read the next time.
    const identity = await identityOf(this.#options).catch(() => 'missing');
    if (identity === this.#identity) return;
    this.#identity = identity;
    try {
      this.#certificate = await read(this.#options);
      for (const listener of this.#onChange) listener(this.#certificate);
      log.info({ until: validTo(this.#certificate) }, 'TLS certificate read anew');
    } catch (error) {
      log.error({ err: error }, 'the certificate from before goes on');
    }
  }
}

/** It follows the links by which Kubernetes swaps a secret. */
async function identityOf({ certFile, keyFile }: TlsFilesOptions): Promise<string> {
  const files = await Promise.all([certFile, keyFile].map((file) => stat(file, { bigint: true })));
  return files.map(({ ino, mtimeNs, size }) => `${ino}:${mtimeNs}:${size}`).join(' ');
}

async function read({ certFile, keyFile }: TlsFilesOptions): Promise<Certificate> {
  const cert = await readPem('KUBESENSE_TLS_CERT_FILE', certFile);
  const key = await readPem('KUBESENSE_TLS_KEY_FILE', keyFile);
  let isPair: boolean;
  try {
    const privateKey = parsed('KUBESENSE_TLS_KEY_FILE', keyFile, 'private key', () => createPrivateKey(key));
    const first = parsed('KUBESENSE_TLS_CERT_FILE', certFile, 'certificate', () => new X509Certificate(cert));
    isPair = first.checkPrivateKey(privateKey);
    if (isPair) createSecureContext({ cert, key, minVersion: leastTlsVersion });
  } catch (error) {
    if (error instanceof TlsError) throw error;
    throw new TlsError(`KUBESENSE_TLS_CERT_FILE: the certificate in ${certFile} can't be used for TLS`);
  }
  if (isPair) return { cert, key };
  throw new TlsError(
    `KUBESENSE_TLS_KEY_FILE: the key in ${keyFile} is not the one of the certificate in ${certFile}`,
  );
}

async function readPem(setting: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch {
    throw new TlsError(`${setting}: the file ${file} can't be read`);
  }
}

function parsed<T>(setting: string, file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new TlsError(`${setting}: the file ${file} holds no PEM ${what} that can be read`);
  }
}

function validTo({ cert }: Certificate): string {
  return new X509Certificate(cert).validTo;
}
