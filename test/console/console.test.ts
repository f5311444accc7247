import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import type { World } from '../support/world.ts';
import { ANSWERED, buildPage, type GivenConsole, givenConsole, TENANT } from './given.ts';

const CALL = '0BS9DD02LEMUI';

describe('the console', () => {
  let given: GivenConsole;
  beforeAll(async () => {
    buildPage();
    given = await givenConsole();
    await given.call(CALL, ...ANSWERED);
  });
  afterAll(() => given.stop());
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${given.url}${path}`, init);
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  const read = async (path: string): Promise<any> => (await ask(path)).json();

  test('serves a page that may load its own files only, and be framed by nobody', async () => {
    const response = await ask('/console');
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  });

  test('serves what the page names, for ever, and answers 304 to who has it', async () => {
    const html = await (await ask('/console')).text();
    const files = [...html.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      const response = await ask(file);
      expect(response.status, file).toBe(200);
      expect(response.headers.get('cache-control')).toContain('immutable');
      const again = await ask(file, {
        headers: { 'Cache-Control': 'max-age=0', 'If-None-Match': response.headers.get('etag') ?? '' },
      });
      expect(again.status).toBe(304);
    }
  });

  test('answers nothing it was not built with, and is only to be read', async () => {
    expect((await ask('/console/assets/..%2F..%2Fpackage.json')).status).toBe(404);
    expect((await ask('/console/nowhere')).status).toBe(404);
    expect((await ask('/console/data/nowhere?tenant=lunchlab')).status).toBe(404);
    expect((await ask('/console', { method: 'POST' })).status).toBe(405);
  });

  test('gives out every public machine as a chart, and no private one', async () => {
    const kinds = ((await read('/console/charts.json')) as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['agent', 'call', 'service', 'queue']));
    expect(kinds).not.toContain('credential');
    expect(kinds).not.toContain('token');
  });

  test('lists what people call an actor, and finds it by that', async () => {
    const { rows } = await read(`/console/data/rows?tenant=${TENANT}&kind=agent&q=archer`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toMatchObject({ id: 'aarcher', name: 'Ann Archer' });
  });

  test('exports what the filter lets through, in each form', async () => {
    const path = `/console/data/export?tenant=${TENANT}&kind=call`;
    const listed = (await read(`/console/data/rows?tenant=${TENANT}&kind=call`)).rows.length;
    const csv = await ask(`${path}&format=csv`);
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="${TENANT}.csv"`);
    expect((await csv.text()).trim().split('\n')).toHaveLength(listed + 1);
    const lines = (await (await ask(`${path}&format=jsonl`)).text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).record.type)).toEqual(
      Array.from({ length: listed }, () => expect.stringMatching(/^ledgerline\.call\./)),
    );
    expect(await read(`${path}&format=cloudevents`)).toHaveLength(listed);
    expect((await ask(`${path}&format=xml`)).status).toBe(404);
  });

  test('pages through the log backwards and forwards to the same rows', async () => {
    const back: number[] = [];
    for (let before = '', end = false; !end; ) {
      const page = await read(`/console/data/rows?tenant=${TENANT}&limit=5${before}`);
      back.unshift(...page.rows.map(({ position }: { position: number }) => position));
      before = `&before=${page.reached}`;
      end = page.end;
    }
    const forth: number[] = [];
    for (let after = 0, end = false; !end; ) {
      const page = await read(`/console/data/rows?tenant=${TENANT}&limit=5&after=${after}`);
      forth.push(...page.rows.map(({ position }: { position: number }) => position));
      after = page.reached;
      end = page.end;
    }
    expect(back.length).toBeGreaterThan(15);
    expect(forth).toEqual(back);
    expect(back).toEqual([...new Set(back)].sort((a, b) => a - b));
  });

  test('filters by kind and by words, all of which must occur', async () => {
    const { rows } = await read(`/console/data/rows?tenant=${TENANT}&kind=agent&q=aarcher%20TALKING`);
    expect(rows).toMatchObject([{ kind: 'agent', id: 'aarcher', event: 'leg.talking', from: 'ready/ringing/none' }]);
  });

  test('takes no more words than somebody types', async () => {
    for (const path of ['rows', 'export'])
      expect((await ask(`/console/data/${path}?tenant=${TENANT}&format=csv&q=${'a+'.repeat(101)}`)).status).toBe(400);
    expect((await ask(`/console/data/rows?tenant=${TENANT}&q=${'a+'.repeat(100)}`)).status).toBe(200);
  });

  test('never shows private records, nor those of another tenant', async () => {
    const { rows, head } = await read(`/console/data/rows?tenant=${TENANT}`);
    expect(rows.filter(({ kind }: { kind: string }) => /credential|token|claim/.test(kind))).toEqual([]);
    const shown = new Set(rows.map(({ position }: { position: number }) => position));
    const hidden = Array.from({ length: head }, (_, index) => index + 1).filter((position) => !shown.has(position));
    expect(hidden.length).toBeGreaterThan(50);
    const statuses = await Promise.all(
      hidden.map(async (position) => (await ask(`/console/data/record?tenant=${TENANT}&position=${position}`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
  });

  test('tells the story of an agent with the calls that told him, and leaves out what an import made beside him', async () => {
    const { rows } = await read(`/console/data/story?tenant=${TENANT}&kind=agent&id=aarcher`);
    const actors = new Set(rows.map(({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`));
    expect(actors).toEqual(new Set(['agent/aarcher', `call/${CALL}`]));
    expect(rows.at(-1)).toMatchObject({ kind: 'agent', event: 'leg.talking', told: `call/${CALL}@3` });
  });

  test('tells a story up to a moment', async () => {
    const whole = await read(`/console/data/story?tenant=${TENANT}&kind=call&id=${CALL}`);
    const first = whole.rows[0].position;
    const begun = await read(`/console/data/story?tenant=${TENANT}&kind=call&id=${CALL}&upTo=${first}`);
    expect(begun.rows[0]).toEqual(whole.rows[0]);
    expect(begun.rows.filter(({ kind }: { kind: string }) => kind === 'call')).toHaveLength(1);
  });

  test('gives a record whole, as the log holds it', async () => {
    const { rows } = await read(`/console/data/rows?tenant=${TENANT}&kind=call&q=leg.answered`);
    const { record } = await read(`/console/data/record?tenant=${TENANT}&position=${rows[0].position}`);
    expect(record).toMatchObject({
      specversion: '1.0',
      source: `/tenants/${TENANT}/calls/${CALL}`,
      data: { event: { type: 'leg.answered' }, to: { live: 'established' } },
    });
  });
});

describe('the console over a log that cannot be read', () => {
  test('says so instead of beginning a file', async () => {
    const unreadable: Pick<Runtime, 'replay'> = {
      // biome-ignore lint/correctness/useYield: it breaks before the first record
      async *replay() {
        throw new LedgerlineError('unavailable', 'the log cannot be reached');
      },
    };
    const runtimeOf = ({ runtime }: World) => ({ live: runtime.live, ...unreadable }) as Runtime;
    const given = await givenConsole({ runtimeOf });
    try {
      const answer = await fetch(`${given.url}/console/data/export?tenant=${TENANT}&format=csv`);
      expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'unavailable' }]);
    } finally {
      await given.stop();
    }
  });
});

describe('the console of a tenant behind whom others have been busy', () => {
  const busy = { tenant: 'avencall', kind: 'skill', id: 'busy' };
  let given: GivenConsole;
  let read = 0;
  beforeAll(async () => {
    const counting = (runtime: Runtime): Runtime => ({
      ...runtime,
      live: runtime.live,
      reach: runtime.reach,
      replay: (range) => {
        read += range.upTo - range.after;
        return runtime.replay(range);
      },
    });
    given = await givenConsole({ runtimeOf: ({ runtime }) => counting(runtime) });
    const say = (event: MachineEvent) => given.world.record('avencall', { to: busy, event });
    await say({ type: 'create', attributes: { name: 'busy' } });
    for (let time = 0; time < 300; time += 1) await say({ type: 'change', set: { description: `${time}` } });
  });
  afterAll(() => given.stop());

  test('shows its newest records without reading those of the others', async () => {
    read = 0;
    const answer = await fetch(`${given.url}/console/data/rows?tenant=${TENANT}&limit=5`);
    const { rows, end } = (await answer.json()) as { rows: { position: number }[]; end: boolean };
    expect(rows).toHaveLength(5);
    expect(end).toBe(false);
    expect(read).toBeLessThan(50);
  });

  test('is at the beginning where its first record is', async () => {
    const to = { tenant: 'newcomer', kind: 'tenant', id: 'newcomer' };
    await given.world.record('newcomer', { to, event: { type: 'create', attributes: { name: 'Newcomer' } } });
    read = 0;
    const answer = await fetch(`${given.url}/console/data/rows?tenant=newcomer&limit=5`);
    expect(await answer.json()).toMatchObject({ rows: [{ kind: 'tenant', id: 'newcomer' }], end: true });
    expect(read).toBeLessThan(50);
  });
});

describe('the console of a server that is not open to this machine', () => {
  let given: GivenConsole;
  beforeAll(async () => {
    given = await givenConsole({ openOnLoopback: false });
  });
  afterAll(() => given.stop());
  const status = async (path: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return (await fetch(`${given.url}${path}`, { headers })).status;
  };

  test('shows the page to everybody and the log to nobody without a token', async () => {
    expect(await status('/console')).toBe(200);
    expect(await status(`/console/data/rows?tenant=${TENANT}`)).toBe(401);
    expect(await status(`/console/data/rows?tenant=${TENANT}`, 'wrong')).toBe(401);
  });
});

describe('the console before it is built', () => {
  test('says how to build it, and lets the server run', async () => {
    const given = await givenConsole({ folder: `${tmpdir()}/no-such-folder` });
    try {
      const response = await fetch(`${given.url}/console`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('npm run build');
      expect((await fetch(`${given.url}/v1/tenants`)).status).toBe(200);
    } finally {
      await given.stop();
    }
  });
});
