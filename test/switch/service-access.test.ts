import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../../machines/call/context.ts';
import { call } from '../../projections/calls.ts';
import { service } from '../../projections/services.ts';
import { loadDemo } from '../../src/demo/load.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import { arrival } from '../../src/switch/reports.ts';
import { serviceAccess } from '../../src/switch/service-access.ts';
import { givenWorld, type World } from '../support/world.ts';

const tenant = 'genesys';
const NUMBER = '8003449999';

let world: World;
beforeEach(async () => {
  world = await givenWorld();
  await loadDemo(world.runtime, world.hasher);
});
afterEach(() => world.close());

const tell = (kind: string, id: string, event: MachineEvent) =>
  world.record(tenant, { to: { tenant, kind, id }, event });

async function aService(id: string, texts: Record<string, string>, accessCode?: string): Promise<void> {
  const configuration = 'request-interaction';
  await tell('service', id, { type: 'create', configuration, service: configuration, texts, files: {} });
  const code = accessCode === undefined ? {} : { accessCode };
  await tell('reservation', id, { type: 'hold', accessNumber: NUMBER, ...code });
}

/** A caller from outside, as the connector records him. */
async function arrives(id: string, code?: string): Promise<CallContext> {
  const directory = projectedDirectory(world.runtime.live, serviceAccess);
  const incoming = {
    tenant,
    leg: `${id}-leg`,
    from: '6504669999',
    to: NUMBER,
    ...(code === undefined ? {} : { code }),
  };
  const { deliveries } = arrival(incoming, directory, id);
  await world.record(tenant, ...deliveries);
  const found = call(world.runtime.live, tenant, id);
  if (found === undefined) throw new Error('the call is not there');
  return found.context;
}

describe('a call to an access number', () => {
  it('with the code of a service gets its data, and the service the call, in one command', async () => {
    await aService('s1', { language: 'french' }, '7684');
    await aService('s2', { language: 'dutch' }, '1111');
    const { userData, reservation, queue } = await arrives('0000000000001', '7684');
    expect(userData).toEqual({ language: 'french' });
    expect(reservation).toEqual({ service: 's1', accessNumber: NUMBER });
    expect(queue?.queue).toBe('callback');
    const { live } = world.runtime;
    expect(service(live, tenant, 's1')).toMatchObject({ call: '0000000000001', reservation: null });
    expect(service(live, tenant, 's2')).toMatchObject({ call: null });
    expect((await arrives('0000000000002', '7684')).reservation).toBeNull();
  });

  it('without a code is of the newest service that has none', async () => {
    await aService('s1', { n: '1' });
    await aService('s2', { n: '2' });
    await aService('s3', { n: '3' }, '7684');
    expect((await arrives('0000000000001')).userData).toEqual({ n: '2' });
    expect((await arrives('0000000000002')).userData).toEqual({ n: '1' });
    expect((await arrives('0000000000003')).reservation).toBeNull();
  });

  it('without a code is of the service that knows its caller by his number, before a newer one', async () => {
    await aService('s1', { n: '1' });
    await tell('service', 's1', { type: 'setPhoneNumber', phoneNumber: '(650) 466-9999' });
    await aService('s2', { n: '2' });
    await tell('service', 's2', { type: 'setPhoneNumber', phoneNumber: '111' });
    expect((await arrives('0000000000001')).userData).toEqual({ n: '1' });
    expect((await arrives('0000000000002')).userData).toEqual({ n: '2' });
  });

  it('with a code that nobody has is a call like any other', async () => {
    await aService('s1', { n: '1' }, '7684');
    const { userData, reservation, queue } = await arrives('0000000000001', '0000');
    expect([userData, reservation, queue?.queue]).toEqual([{}, null, 'callback']);
  });

  it('is taken although its service ends at that moment', async () => {
    await aService('s1', { n: '1' }, '7684');
    const directory = projectedDirectory(world.runtime.live, serviceAccess);
    const incoming = { tenant, leg: 'late', from: '1', to: NUMBER, code: '7684' };
    const { deliveries } = arrival(incoming, directory, '0000000000001');
    await tell('service', 's1', { type: 'delete' });
    await world.record(tenant, ...deliveries);
    expect(call(world.runtime.live, tenant, '0000000000001')?.stage).toBe('queued');
  });
});
