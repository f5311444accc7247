/**
 * Single sign-on by Kerberos as it is in the field: a KDC, a keytab, the package `kerberos` and the machine's own GSS
 * library behind a server in a process of its own, and curl as the client. Skipped, saying why, where one of them is missing:
 * `apt-get install krb5-kdc krb5-admin-server krb5-user libkrb5-dev` and `npm install --no-save kerberos` bring them.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kdc, missingPrograms, startKdc } from '../../support/kdc.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

// A variable: the package is optional, and its types are not here.
const PACKAGE = 'kerberos';
const isInstalled = await import(PACKAGE).then(
  () => true,
  () => false,
);
const missing = [
  ...missingPrograms(['krb5kdc', 'kadmin.local', 'kdb5_util', 'kinit', 'curl']),
  ...(isInstalled ? [] : [`the npm package ${PACKAGE}`]),
];
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;

let kdc: Kdc;
let server: ServerProcess;

const curl = async (env: Readonly<Record<string, string>>, ...more: readonly string[]) => {
  const url = `${server.url.replace('127.0.0.1', 'localhost')}/xuc/api/2.0/auth/sso`;
  const asked = await promisify(execFile)('curl', ['-s', '-i', ...more, url], { env });
  const [head = '', body = ''] = asked.stdout.split('\r\n\r\n').slice(-2);
  return { head, body: JSON.parse(body) as Readonly<Record<string, string>> };
};

describe.skipIf(missing.length > 0)(`Kerberos${why}`, () => {
  beforeAll(async () => {
    kdc = await startKdc('HTTP/localhost', ['alicej', 'stranger']);
    server = await startServerProcess({ ...kdc.env, LEDGERLINE_KERBEROS_SERVICE: 'HTTP@localhost' });
  });
  afterAll(async () => {
    await server?.remove();
    await kdc?.stop();
  });

  test('a ticket of the realm signs in, and the server proves itself in turn', async () => {
    const { head, body } = await curl(await kdc.ticketOf('alicej'), '--negotiate', '-u', ':');
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head).toMatch(/^WWW-Authenticate: Negotiate [\w+/=]{40,}\r$/m);
    expect(Object.keys(body)).toEqual(['login', 'token']);
    const check = await fetch(`${server.url}/xuc/api/2.0/auth/check`, {
      headers: { authorization: `Bearer ${body.token}` },
    });
    expect(await check.json()).toMatchObject({ login: 'alicej' });
  });

  test('somebody of the realm who is nobody here is told so', async () => {
    const { head, body } = await curl(await kdc.ticketOf('stranger'), '--negotiate', '-u', ':');
    expect(head).toMatch(/^HTTP\/1\.1 404 /);
    expect(body.error).toBe('UserNotFound');
  });

  test.each([
    ['no ticket', []],
    ['junk', ['-H', 'Authorization: Negotiate YII=']],
    ['a password', ['-u', 'alicej:pw']],
  ])('%s is asked for a ticket', async (_, more) => {
    const { head, body } = await curl(kdc.env, ...more);
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(head).toMatch(/^WWW-Authenticate: Negotiate\r$/m);
    expect(body.error).toBe('SsoAuthenticationFailed');
  });
});

test('a server that cannot prove its service does not start, and says why', async () => {
  const env = { LEDGERLINE_KERBEROS_SERVICE: 'HTTP@elsewhere.test', KRB5_KTNAME: 'FILE:/nowhere/keytab' };
  const reason = isInstalled ? /HTTP@elsewhere.test in the keytab/ : /install it \(npm install kerberos\)/;
  await expect(startServerProcess(env)).rejects.toThrow(reason);
});
