import { expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { deliveryLevels, type Receivers } from '../../src/server/delivery-levels.ts';
import { createMetrics } from '../../src/server/metrics.ts';

type Endpoint = Receivers['webhooks']['endpoints'][number];

const endpoint = (id: string, position: number, enabled = true, dead = 0) =>
  ({ settings: { tenant: 'acme', id, enabled }, state: { position, dead: Array(dead) } }) as unknown as Endpoint;
const consumer = (name: string, waiting: number | undefined) => ({
  ...{ tenant: 'acme', name, kinds: [], publicKey: 'U', createdAt: 0 },
  progress: waiting === undefined ? undefined : { acknowledged: 0, waiting, inFlight: 1 },
});

async function scraped(receivers: Receivers): Promise<readonly string[]> {
  const metrics = createMetrics();
  metrics.addLevels(deliveryLevels(receivers, () => 100));
  return (await metrics.scrape()).split('\n').filter((line) => /^ledgerline_(?:webhook|consumer)/.test(line));
}

test('each receiver tells how far it is behind, but for who is switched off and who is lost', async () => {
  const endpoints = [endpoint('crm', 40, true, 2), endpoint('off', 10, false)];
  const lines = await scraped({
    webhooks: { endpoints },
    outside: { listAll: async () => [consumer('board', 7), consumer('lost', undefined)] },
  });
  expect(lines).toEqual([
    'ledgerline_webhook_behind_records{tenant="acme",webhook="crm"} 60',
    'ledgerline_webhook_behind_records{tenant="acme",webhook="off"} 0',
    'ledgerline_webhook_dead_letters{tenant="acme",webhook="crm"} 2',
    'ledgerline_webhook_dead_letters{tenant="acme",webhook="off"} 0',
    'ledgerline_consumer_behind_records{tenant="acme",consumer="board"} 7',
  ]);
});

test('a NATS server that is away keeps nobody from the other metrics, and another failure is told', async () => {
  const webhooks = { endpoints: [endpoint('crm', 100)] };
  const failing = (error: Error) => ({ webhooks, outside: { listAll: () => Promise.reject(error) } });
  expect(await scraped(failing(new LedgerlineError('unavailable', 'away')))).toContain(
    'ledgerline_webhook_behind_records{tenant="acme",webhook="crm"} 0',
  );
  await expect(scraped(failing(new Error('broken')))).rejects.toThrow('broken');
});

test('who is gone has no level any more', async () => {
  const endpoints = [endpoint('crm', 40), endpoint('old', 40)];
  const metrics = createMetrics();
  metrics.addLevels(deliveryLevels({ webhooks: { endpoints }, outside: { listAll: async () => [] } }, () => 100));
  expect(await metrics.scrape()).toContain('webhook="old"');
  endpoints.pop();
  expect(await metrics.scrape()).not.toContain('webhook="old"');
});
