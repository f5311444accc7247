import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SharedValue, SharedValues } from '../../src/log/shared-values.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';

let server: NatsServer;
const opened: SharedValues[] = [];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  for (const values of opened) await values.close();
  await server.remove();
});

async function at(key: string): Promise<SharedValue> {
  const values = await SharedValues.open({ servers: server.url, seed: undefined, replicas: 1 });
  opened.push(values);
  return values.at(key);
}

test('what one server writes the others read, until one forgets it', async () => {
  const [one, other, elsewhere] = [
    await at('webhooks.acme.crm'),
    await at('webhooks.acme.crm'),
    await at('webhooks.acme.==a'),
  ];
  expect(await other.read()).toBeUndefined();
  await one.write('7');
  await one.write('8');
  expect([await other.read(), await elsewhere.read()]).toEqual(['8', undefined]);
  await other.forget();
  expect(await one.read()).toBeUndefined();
});

test('what cannot be written is told, and is read once the server is back', async () => {
  const value = await at('outage');
  await value.write('before');
  await server.stop();
  await expect(value.write('meanwhile')).rejects.toMatchObject({ code: 'unavailable' });
  await server.restart();
  expect(await value.read()).toMatch(/before|meanwhile/);
});
