/** Webhook fan-out: records of the log posted to receivers on this machine, from an in-memory log. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addressGuard } from '../../src/subscribers/webhook/address-guard.ts';
import { fileKeeper } from '../../src/subscribers/webhook/place.ts';
import { createPoster } from '../../src/subscribers/webhook/poster.ts';
import { WEBHOOK_KIND, Webhooks } from '../../src/subscribers/webhook/webhooks.ts';
import { givenWorld } from '../support/world.ts';
import type { Bench } from './table.ts';

const TENANT = 'acme';
const RECORDS = 10_000;
const AT_ONCE = 500;
const ENDPOINTS = [1, 5];
const LOOK_MS = 20;

export const bench: Bench = async () => {
  const receiver = fork(join(import.meta.dirname, 'receiver.ts'));
  const heard = async () => Number((await once(receiver, 'message'))[0]);
  const port = await heard();
  const count = () => {
    receiver.send('count');
    return heard();
  };
  const world = await givenWorld();
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const webhooks = new Webhooks({
    ...world,
    poster: createPoster(addressGuard(['127.0.0.1'])),
    keeperOf: (tenant, id) => fileKeeper(folder, tenant, id),
    report: () => undefined,
  });
  const create = (kind: string, id: string, attributes: object) =>
    world.record(TENANT, {
      to: { tenant: TENANT, kind, id },
      event: { type: 'create', attributes: attributes as Record<string, string> },
    });
  await webhooks.start();
  for (let first = 0; first < RECORDS; first += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => create('skill', `${first + n}`, { name: `${n}` })));
  const rows = [];
  for (const endpoints of ENDPOINTS) {
    const ids = Array.from({ length: endpoints }, (_, n) => `${endpoints}-${n}`);
    const attributes = { url: `http://127.0.0.1:${port}/`, secrets: ['whsec_AAAA'], kinds: ['skill'] };
    for (const id of ids) await create(WEBHOOK_KIND, id, attributes);
    const before = await count();
    const began = performance.now();
    for (const id of ids) await webhooks.redeliver(TENANT, id, 0);
    while ((await count()) < before + RECORDS * endpoints) await delay(LOOK_MS);
    const perSecond = (RECORDS * endpoints) / ((performance.now() - began) / 1000);
    rows.push({
      what: `webhook fan-out, ${endpoints} endpoint(s)`,
      figure: `${Math.round(perSecond)}/s`,
      aim: '>= 2000/s in all',
    });
  }
  await webhooks.stop();
  await world.close();
  receiver.kill();
  await rm(folder, { recursive: true });
  return rows;
};
