/**
 * A NATS server that is not Ledgerline's own: it signs in there with its key (LEDGERLINE_NATS_KEY), and the accounts that
 * it prints for its consumers, put into that server's configuration as they are, let them in and lock them in.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confinedToItsOwn } from '../../contracts/outside-consumer.contract.ts';
import { type Call, clientOf } from '../../dialects/native/client.ts';
import { eventually } from '../../support/eventually.ts';
import { type NatsServer, startNatsServer } from '../../support/nats-server.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { type Credentials, type Outsider, operatorsConf, outsider } from './given.ts';

const pair = nkeys.createUser();
const ledgerSeed = new TextDecoder().decode(pair.getSeed());

let folder: string;
let nats: NatsServer;
let server: ServerProcess;
let call: Call;
const programs: Outsider[] = [];

const environment = (keyFile: string) => ({ LEDGERLINE_NATS_URL: nats.url, LEDGERLINE_NATS_KEY: keyFile });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-outside-'));
  const keyFile = join(folder, 'ledger.nk');
  await writeFile(keyFile, `${ledgerSeed}\n`);
  nats = await startNatsServer(operatorsConf(pair.getPublicKey(), []));
  server = await startServerProcess(environment(keyFile));
  call = clientOf(server.url);
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
});
afterAll(async () => {
  for (const program of programs) await program.nats.close();
  await server.remove();
  await nats.remove();
  await rm(folder, { recursive: true });
});

async function add(tenant: string, name: string, from = 'now'): Promise<Credentials> {
  const { body } = await call('POST', `/v1/tenants/${tenant}/consumers`, { name, kinds: ['skill'], from });
  return body as unknown as Credentials;
}

async function signIn(seed: string): Promise<Outsider> {
  const program = await outsider(nats.url, seed);
  programs.push(program);
  return program;
}

describe('an outside server', () => {
  test('is signed in to with the key of LEDGERLINE_NATS_KEY, and refuses another one, which says so', async () => {
    await expect(outsider(nats.url)).rejects.toThrow('Authorization');
    const stranger = join(folder, 'stranger.nk');
    await writeFile(stranger, new TextDecoder().decode(nkeys.createUser().getSeed()));
    await expect(startServerProcess(environment(stranger))).rejects.toThrow(
      /does not know the key of LEDGERLINE_NATS_KEY: .* \{nkey: U\w+\}/,
    );
    await expect(startServerProcess({ LEDGERLINE_NATS_URL: nats.url })).rejects.toThrow(/lets nobody in without a key/);
    await writeFile(stranger, 'no seed at all');
    await expect(startServerProcess(environment(stranger))).rejects.toThrow(
      /LEDGERLINE_NATS_KEY: .*stranger\.nk is no file with the seed/,
    );
  });

  test('lets in a consumer by what was printed for it, which hears its own tenant from the first record on', async () => {
    const [mine, theirs] = [await add('acme', 'board', '0'), await add('other', 'board', '0')];
    await expect(outsider(nats.url, mine.seed)).rejects.toThrow('Authorization');
    await nats.configure(operatorsConf(pair.getPublicKey(), [mine.accounts, theirs.accounts]));
    const program = await signIn(mine.seed);
    const delivered = await program.resume(mine.consumer);
    const live = program.listen(mine.live[0] ?? '', false);
    await program.nats.flush();
    for (const tenant of ['other', 'acme']) await call('POST', `/v1/tenants/${tenant}/skills`, { id: 's', name: 's' });
    const [first] = await eventually('it is delivered', () => (delivered.seen.length > 0 ? delivered.seen : undefined));
    expect(first?.source).toBe('/tenants/acme/skills/s');
    expect(await eventually('it is live', () => live.seen[0])).toEqual(first);
    const acknowledged = async () => {
      const { body } = await call('GET', '/v1/tenants/acme/consumers');
      const [{ progress }] = body.items as [{ readonly progress: { readonly acknowledged: number } }];
      return progress.acknowledged > 0 ? true : undefined;
    };
    await eventually('its acknowledgement has come', acknowledged);
    expect(delivered.seen).toHaveLength(1);
  });
});

confinedToItsOwn(async () => {
  const [mine, theirs] = [await add('acme', 'curious'), await add('other', 'curious')];
  await nats.configure(operatorsConf(pair.getPublicKey(), [mine.accounts, theirs.accounts]));
  return { call, natsUrl: nats.url, program: await signIn(mine.seed), ledgerSeed };
});
