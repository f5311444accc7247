/**
 * A Kerberos realm of its own on the loopback interface: a real KDC in a temporary folder, without root. It needs Debian's
 * krb5-kdc, krb5-admin-server and krb5-user, or what another system calls them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

const REALM = 'LEDGERLINE.TEST';
/** Debian keeps those of administrators away from other users' paths. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

export interface Kdc {
  /** For whoever proves himself, or is proved to: configuration and keytab. */
  readonly env: Readonly<Record<string, string>>;
  /** Signs a user in; the environment that has his ticket. */
  ticketOf(user: string): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** The programs that are missing here. */
export function missingPrograms(names: readonly string[]): readonly string[] {
  const folders = PATH.split(':');
  return names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}

/** With a key for `service` (`HTTP/host`) in the keytab; everybody's password is his name. */
export async function startKdc(service: string, users: readonly string[]): Promise<Kdc> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-kdc-'));
  const at = `127.0.0.1:${await freeUdpPort()}`;
  await writeFile(join(folder, 'krb5.conf'), clientConfiguration(at));
  await writeFile(join(folder, 'kdc.conf'), kdcConfiguration(at, folder));
  const keytab = join(folder, 'keytab');
  const env = {
    PATH,
    KRB5_CONFIG: join(folder, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(folder, 'kdc.conf'),
    KRB5_KTNAME: `FILE:${keytab}`,
  };
  const run = (program: string, args: readonly string[], input = '', more = {}) =>
    ran(program, args, { env: { ...env, ...more }, input });
  await run('kdb5_util', ['create', '-s', '-P', 'master', '-r', REALM]);
  await run('kadmin.local', ['-q', `addprinc -randkey ${service}`]);
  await run('kadmin.local', ['-q', `ktadd -k ${keytab} ${service}`]);
  for (const user of users) await run('kadmin.local', ['-q', `addprinc -pw ${user} ${user}`]);
  const kdc = spawn('krb5kdc', ['-n', '-P', join(folder, 'pid')], { env, stdio: 'ignore' });
  const ticketOf = async (user: string) => {
    const cache = { KRB5CCNAME: `FILE:${join(folder, user)}` };
    await run('kinit', [user], `${user}\n`, cache);
    return { ...env, ...cache };
  };
  // It says nowhere that it is ready.
  await eventually('the KDC gives tickets', () => ticketOf(users[0] ?? '').catch(() => undefined));
  return { env, ticketOf, stop: () => stopped(kdc, folder) };
}

async function stopped(kdc: ChildProcess, folder: string): Promise<void> {
  const exited = once(kdc, 'exit');
  if (kdc.exitCode === null && kdc.kill()) await exited;
  await rm(folder, { recursive: true, force: true });
}

function ran(
  program: string,
  args: readonly string[],
  { env, input }: { readonly env: Readonly<Record<string, string>>; readonly input: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { env }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${program}: ${stderr}`)),
    );
    child.stdin?.end(input);
  });
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

function clientConfiguration(at: string): string {
  return `[libdefaults]
 default_realm = ${REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 ${REALM} = {
  kdc = ${at}
 }
[domain_realm]
 localhost = ${REALM}
`;
}

function kdcConfiguration(at: string, folder: string): string {
  return `[kdcdefaults]
 kdc_listen = ${at}
 kdc_tcp_listen = ${at}
[realms]
 ${REALM} = {
  database_name = ${join(folder, 'principal')}
  key_stash_file = ${join(folder, 'stash')}
 }
`;
}
