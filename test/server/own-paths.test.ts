import { afterEach, describe, expect, test } from 'vitest';
import { givenServed, type Served, type ServedOptions } from '../support/served.ts';

const served: Served[] = [];
afterEach(async () => {
  for (const one of served.splice(0)) await one.stop();
});

async function given(options: ServedOptions = {}): Promise<Served> {
  const one = await givenServed(options);
  served.push(one);
  return one;
}

test('the bare address leads people to the console, and tells by hand what there is', async () => {
  const { url } = await given();
  const answer = await fetch(url, { redirect: 'manual' });
  expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({ status: 302, to: '/console' });
  expect(await answer.text()).toMatch(/\/console\n.*\/openapi\.json/s);
});

describe('/healthz', () => {
  test('says where we stand', async () => {
    const { url, world, server } = await given({
      health: { ports: () => ({ http: served[0]?.server.ports ?? [], nats: 4222 }) },
    });
    await world.record('acme', {
      to: { tenant: 'acme', kind: 'skill', id: 's' },
      event: { type: 'create', attributes: { name: 's' } },
    });
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      status: 'ready',
      version: '0.0.0',
      position: world.runtime.live.position,
      ports: { http: [...server.ports], nats: 4222 },
    });
  });

  test('is 503 until the server is ready', async () => {
    let ready = false;
    const { url } = await given({ health: { ready: () => ready } });
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    ready = true;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

test('a server that stands by is well and not ready, and says for whom and how far behind it is', async () => {
  const standing = { of: 'ana, process 7', behind: 3 };
  const { url, world } = await given({ health: { ready: () => false, standby: () => standing } });
  const told = async (path: string) => {
    const answer = await fetch(url + path);
    return { status: answer.status, body: await answer.json() };
  };
  const { position } = world.runtime.live;
  expect(await told('/healthz')).toMatchObject({ status: 200, body: { status: 'standby', position } });
  expect(await told('/readyz')).toMatchObject({ status: 503, body: { status: 'standby', ...standing, position } });
});

describe('/readyz', () => {
  test('names every dependency and its state', async () => {
    const dependencies = [
      { name: 'log', state: () => ({ up: true }) },
      { name: 'switch', state: () => ({ up: false, detail: 'no answer for 3 s' }) },
    ];
    const { url } = await given({ health: { dependencies } });
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not ready',
      dependencies: [
        { name: 'log', state: 'up' },
        { name: 'switch', state: 'down', detail: 'no answer for 3 s' },
      ],
    });
  });
});

describe('/metrics', () => {
  test('are for this machine and for tokens of the installation', async () => {
    const { url } = await given({ mayScrape: false });
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
  });

  test('counts commands by outcome and requests by dialect and status, and reads levels when asked', async () => {
    const { url, metrics, world } = await given();
    metrics.addLevels({ ledgerline_position: { help: 'Position', read: () => world.runtime.live.position } });
    metrics.appended(3, 2);
    const post = (body: object) =>
      fetch(`${url}/v1/tenants`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    await post({ id: 'acme', name: 'Acme' });
    await post({ id: 'acme', name: 'Acme' });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('ledgerline_commands_total{outcome="accepted"} 1');
    expect(text).toContain('ledgerline_commands_total{outcome="reason"} 1');
    expect(text).toContain('ledgerline_http_request_seconds_count{dialect="native",method="POST",status="201"} 1');
    expect(text).toContain('ledgerline_appended_records_total 3');
    expect(text).toContain(`ledgerline_position ${world.runtime.live.position}`);
    expect(text).toContain('nodejs_heap_size_used_bytes');
  });
});

describe('documents', () => {
  test('are served to everybody, and nothing else is', async () => {
    const { url } = await given({ openOnLoopback: false });
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
    const schema = await fetch(`${url}/schemas/record.json`);
    expect(schema.headers.get('content-type')).toBe('application/schema+json');
    expect(await schema.json()).toMatchObject({ title: 'Ledgerline record' });
    for (const path of ['/__proto__', '/constructor', '/healthz/', '/v1/tenants']) {
      expect((await fetch(url + path)).status).toBeGreaterThanOrEqual(400);
    }
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(404);
  });
});
