/** The demo contact centre holds what it promises, from the first moment, and is loaded once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agent, agentsOf } from '../../projections/agents.ts';
import { entry } from '../../projections/directory.ts';
import { holdsDemo, loadDemo, wantsDemo } from '../../src/demo/load.ts';
import { PERMISSIONS } from '../../src/identity/permissions.ts';
import type { Command } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import { type Centre, givenCentre } from '../conformance/cross/given.ts';
import { givenWorld } from '../support/world.ts';
import { FOUND, LINES, PASSWORDS, QUEUES, TOKENS } from './promises.ts';

describe('the demo', () => {
  let centre: Centre;
  beforeAll(async () => {
    centre = await givenCentre();
  });
  afterAll(() => centre.stop());

  test('has every agent signed out, but for the two of lunchlab who are ready', () => {
    const ready = ['ccslab15', 'lunchlab', 'avencall', 'genesys'].flatMap((tenant) =>
      agentsOf(centre.world.runtime.live, { tenant, limit: 100 })
        .filter(({ presence }) => presence !== 'signedOut')
        .map(({ id, line, presence }) => [tenant, id, line, presence]),
    );
    expect(ready).toEqual([
      ['lunchlab', 'aarcher', '101', 'ready'],
      ['lunchlab', 'bbaker', '102', 'ready'],
    ]);
  });

  test.each(TOKENS)('knows %s of %s', (token, home, line, permissions) => {
    const { identity, runtime } = centre.world;
    const proven = identity.byToken(token);
    if (!proven.ok) throw new Error(`${token} is not known`);
    const { tenant, telco, extension } = proven.principal;
    expect(telco ?? tenant).toBe(home);
    const found = extension && entry(runtime.live, { tenant, kind: 'extension', id: extension });
    expect(found ? found.attributes.number : undefined).toBe(line);
    const all = permissions === 'all' ? PERMISSIONS : PERMISSIONS.filter((name) => name !== 'API');
    expect([...identity.permissionsOf(proven.principal)].sort()).toEqual(
      [...(typeof permissions === 'string' ? all : permissions)].sort(),
    );
  });

  test.each(PASSWORDS)('lets %s user %s in with %j, in %s', async (dialect, name, password, tenant) => {
    const proven = await centre.world.identity.byPassword({ dialect, name, password, address: '192.0.2.1' });
    expect(proven).toMatchObject({ ok: true, principal: { tenant } });
  });

  test.each(LINES)('has in $tenant the line $line', ({ tenant, line: number, agent: who, agentNumber }) => {
    const { live } = centre.world.runtime;
    const found = projectedDirectory(live).resolve(tenant, number);
    expect(found).toMatchObject({ kind: 'line', number, dnd: false, forwards: {}, ringMs: 20_000 });
    expect('agent' in found ? found.agent : undefined).toBe(who);
    if (who === undefined) return;
    expect(agent(live, tenant, who)).toMatchObject({ phone: 'idle', context: { rules: { wrapUpMs: 30_000 } } });
    expect(entry(live, { tenant, kind: 'user', id: who })?.attributes.agentNumber).toBe(agentNumber);
  });

  test('has no line 1004, and none where nobody said so', () => {
    const { resolve } = projectedDirectory(centre.world.runtime.live);
    expect(resolve('avencall', '1004')).toMatchObject({ kind: 'unknown' });
  });

  test.each(QUEUES)('has in %s behind %s the queue %s', (tenant, number, name, members) => {
    const { live } = centre.world.runtime;
    const found = projectedDirectory(live).resolve(tenant, number);
    if (!('entry' in found)) throw new Error(`${number} is a ${found.kind}`);
    expect(found.entry.name).toBe(name);
    const queue = entry(live, { tenant, kind: 'queue', id: found.entry.queue });
    expect(queue?.attributes.members).toEqual(members.map((id) => ({ agent: id })));
  });

  test.each(FOUND)('shows $what', async ({ request, as, form, has }) => {
    const proof = as?.includes(':') ? `Basic ${Buffer.from(as).toString('base64')}` : `Bearer ${as}`;
    const { status, body } = await centre.told(request, {
      ...(as === undefined ? {} : { headers: { authorization: proof } }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    expect([status, body]).toMatchObject([200, has]);
  });
});

describe('loading the demo', () => {
  test('a second time changes nothing', async () => {
    const world = await givenWorld();
    expect(wantsDemo(world.runtime.live)).toBe(true);
    await loadDemo(world.runtime, world.hasher);
    const { position } = world.runtime.live;
    expect([wantsDemo(world.runtime.live), holdsDemo(world.runtime.live)]).toEqual([false, true]);
    await loadDemo(world.runtime, world.hasher);
    expect(world.runtime.live.position).toBe(position);
    await world.close();
  });

  test.each([1, 2, 3, 4, 5])('that broke off at command %i is taken up where it was', async (broken) => {
    const world = await givenWorld();
    let submitted = 0;
    const breaking = {
      submit: (command: Command) => {
        submitted += 1;
        if (submitted > broken) throw new Error('the power went');
        return world.runtime.submit(command);
      },
    } as unknown as Runtime;
    await expect(loadDemo(breaking, world.hasher)).rejects.toThrow('the power went');
    expect([wantsDemo(world.runtime.live), holdsDemo(world.runtime.live)]).toEqual([true, false]);
    await loadDemo(world.runtime, world.hasher);
    expect(holdsDemo(world.runtime.live)).toBe(true);
    await world.close();
  });

  test('is not wanted by a log that began without it', async () => {
    const world = await givenWorld();
    const to = { tenant: 'installation', kind: 'tenant', id: 'mine' };
    await world.record('installation', { to, event: { type: 'create', attributes: { name: 'Mine', enabled: true } } });
    expect(wantsDemo(world.runtime.live)).toBe(false);
    await world.close();
  });
});
