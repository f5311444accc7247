/**
 * The certificate and the key that https and wss are served with, seen to fit before anything listens: what is wrong with
 * them is told by the name of the variable, not in the words of OpenSSL.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { LedgerlineError, messageOf } from '../errors.ts';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Throws `badConfiguration`. */
export async function readCertificate({ certFile, keyFile }: NonNullable<Config['tls']>): Promise<Certificate> {
  const cert = await textOf('LEDGERLINE_TLS_CERT', certFile);
  const key = await textOf('LEDGERLINE_TLS_KEY', keyFile);
  if (!certificateIn(cert, certFile).checkPrivateKey(keyIn(key, keyFile)))
    throw bad('LEDGERLINE_TLS_KEY', `${keyFile} is not the key of the certificate in ${certFile}`);
  return { cert, key };
}

function textOf(name: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw bad(name, `cannot be read: ${messageOf(error)}`);
  });
}

function certificateIn(cert: string, file: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw bad('LEDGERLINE_TLS_CERT', `${file} holds no PEM certificate`);
  }
}

function keyIn(key: string, file: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch {
    throw bad('LEDGERLINE_TLS_KEY', `${file} holds no PEM key that opens without a passphrase`);
  }
}

function bad(name: string, why: string): LedgerlineError {
  return new LedgerlineError('badConfiguration', `${name}: ${why}`, { variable: name });
}
