import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GivenServer, givenServer } from './given.ts';

let server: GivenServer;

beforeAll(async () => {
  server = await givenServer();
  await server.run('create agents --tenant acme id=ann line=200');
  for (const command of ['setReady', 'setAway', 'setReady']) {
    await server.served.world.advance(1_000);
    const path = `${server.served.url}/v1/tenants/acme/agents/ann/${command}`;
    const headers = { 'content-type': 'application/json' };
    expect(await fetch(path, { method: 'POST', headers, body: '{"signIn":true}' })).toMatchObject({ status: 200 });
  }
});
afterAll(() => server.stop());

const positions = (lines: readonly string[]) => lines.map((line) => Number.parseInt(line, 10));

describe('history', () => {
  test('shows what changed, when, and who did it', async () => {
    const { code, out } = await server.run('history acme/agent/ann');
    expect(code).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(
        /^ +2 {2}2026-01-01T00:00:00.000Z {2}v1 {2}create {2}presence signedOut, phone idle, queue none {2}\(system:operator via native\)$/,
      ),
      expect.stringContaining('v2  setReady'),
      expect.stringMatching(/^ +4 .* setAway {2}presence ready -> away /),
      expect.stringMatching(/^ +5 .* setReady {2}presence away -> ready /),
    ]);
  });

  test('shows the newest, all, or those since a moment, always oldest first', async () => {
    const shown = async (flags: string) => positions((await server.run(`history acme/agent/ann ${flags}`)).out);
    expect(await shown('--limit 2')).toEqual([4, 5]);
    expect(await shown('--all --limit 2')).toEqual([2, 3]);
    expect(await shown('--all')).toEqual([2, 3, 4, 5]);
    expect(await shown('--since 3')).toEqual([4, 5]);
    expect(await shown('--since 2026-01-01T00:00:03Z')).toEqual([5]);
  });

  test('prints one record per line as JSON', async () => {
    const { out } = await server.run('history acme/agent/ann --json --limit 1');
    expect(out.map((line) => JSON.parse(line))).toMatchObject([{ position: 5, record: { specversion: '1.0' } }]);
  });

  test('refuses what is no actor and what is not there', async () => {
    expect(await server.run('history ann')).toMatchObject({ code: 2 });
    expect(await server.run('history acme/agent/bob')).toMatchObject({
      code: 1,
      err: ['ledgerline: There is no actor acme/agent/bob.'],
    });
    expect(await server.run('history acme/agent/ann --since noon')).toMatchObject({ code: 2 });
  });
});

describe('state', () => {
  test('is of now, or of any past moment', async () => {
    const stateAt = async (flags: string) => (await server.run(`state acme/agent/ann ${flags}`.trim())).out[1];
    expect(await stateAt('')).toContain('presence ready');
    expect(await stateAt('--at 4')).toContain('presence away');
    expect(await stateAt('--at 2026-01-01T00:00:02Z')).toContain('presence away');
    expect(await stateAt('--at 2')).toContain('presence signedOut');
  });

  test('is of a moment that a server would take, and of no other', async () => {
    const at = (moment: string) => server.run(['state', 'acme/agent/ann', '--at', moment]);
    expect((await at('2026-01-01 00:00:02z')).out[1]).toContain('presence away');
    expect(await at('2026-02-30T00:00:00Z')).toMatchObject({ code: 2 });
    expect(await at('yesterday')).toMatchObject({ code: 2 });
  });

  test('is one JSON value', async () => {
    const { out } = await server.run('state acme/agent/ann --json');
    expect(JSON.parse(out.join(''))).toMatchObject({ id: 'ann', version: 4, context: { phone: { line: '200' } } });
  });
});

describe('tail', () => {
  test('begins in the past and ends after as many records as it was told', async () => {
    const { code, out } = await server.run('tail --since 0 --kind agent --limit 2');
    expect(code).toBe(0);
    expect(out).toEqual([
      expect.stringContaining('acme/agent/ann  create'),
      expect.stringContaining('acme/agent/ann  setReady'),
    ]);
  });

  test('keeps to what it was asked for', async () => {
    const { out } = await server.run(
      'tail --since 0 --tenant acme --type ledgerline.agent.setAway --id ann --limit 1 --json',
    );
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { position: 4, record: { type: 'ledgerline.agent.setAway' } },
    ]);
  });

  test('goes on where it was when the server ends its stream', async () => {
    let cut: Promise<unknown> | undefined;
    const onLine = () => {
      cut ??= (async () => {
        server.served.native.streams.close();
        await server.run('create skills --tenant acme id=K1 name=English');
        await server.run('create skills --tenant acme id=K2 name=Billing');
      })();
    };
    const { out, err } = await server.run('tail --since 4 --limit 3', { onLine });
    await cut;
    expect(positions(out)).toEqual([5, 6, 7]);
    expect(err.join('\n')).toContain('trying again');
  });

  test('ends with 1 when it is refused', async () => {
    expect(await server.run('tail --since 100000')).toMatchObject({ code: 1 });
    const unheard = await server.run('tail --since 0 --kind frog');
    expect(unheard).toMatchObject({
      code: 1,
      err: [expect.stringMatching(/^ledgerline: kind frog is none of .*agent/)],
    });
    expect(await server.run('tail --since 0 --kind credential')).toMatchObject({ code: 1 });
  });
});
