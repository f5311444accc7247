import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate } from '../../src/composition/certificate.ts';
import { madeCertificate } from '../support/certificate.ts';

const good = madeCertificate();
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-tls-'));
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const files = {
    'cert.pem': good.cert,
    'chain.pem': good.cert + madeCertificate().cert,
    'key.pem': good.key,
    'other-key.pem': privateKey.export(pem),
    'locked-key.pem': privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'secret' }),
    'junk.pem': 'junk',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
});
afterAll(() => rm(folder, { recursive: true }));

test.each(['cert.pem', 'chain.pem'])('%s is served with its key', async (name) => {
  expect(await readCertificate({ certFile: at(name), keyFile: at('key.pem') })).toMatchObject({ key: good.key });
});

test.each([
  ['junk.pem', 'key.pem', 'LEDGERLINE_TLS_CERT: … holds no PEM certificate'],
  ['key.pem', 'key.pem', 'LEDGERLINE_TLS_CERT: … holds no PEM certificate'],
  ['none.pem', 'key.pem', 'LEDGERLINE_TLS_CERT: cannot be read: …'],
  ['cert.pem', 'none.pem', 'LEDGERLINE_TLS_KEY: cannot be read: …'],
  ['cert.pem', 'junk.pem', 'LEDGERLINE_TLS_KEY: … holds no PEM key that opens without a passphrase'],
  ['cert.pem', 'locked-key.pem', 'LEDGERLINE_TLS_KEY: … holds no PEM key that opens without a passphrase'],
  ['cert.pem', 'other-key.pem', 'LEDGERLINE_TLS_KEY: … is not the key of the certificate in …'],
])('%s with %s is refused by the name of the variable', async (cert, key, message) => {
  const pattern = message.split('…').map((part) => RegExp.escape(part));
  await expect(readCertificate({ certFile: at(cert), keyFile: at(key) })).rejects.toMatchObject({
    code: 'badConfiguration',
    message: expect.stringMatching(new RegExp(`^${pattern.join('.*')}$`)),
  });
});
