import { describe, expect, test } from 'vitest';
import { projections } from '../../projections/index.ts';
import type { Projection } from '../../src/model/projection.ts';
import type { Chunk } from '../../src/projector/chunk-writer.ts';
import { createDatabase } from '../../src/projector/open.ts';
import { ProjectingHere } from '../../src/projector/projecting-here.ts';
import { agentContext, agentState } from '../support/agent-records.ts';
import { Chains, LOG_ID, projected, START_MS, tablesOf } from '../support/given.ts';

const agent = { tenant: 'genesys', kind: 'agent', id: 'agent-0' };
const peer = { tenant: 'genesys', kind: 'agent', id: 'peer' };

function projecting(whenFull?: (here: ProjectingHere) => void): {
  readonly here: ProjectingHere;
  readonly chunks: Chunk[];
} {
  const chunks: Chunk[] = [];
  const database = createDatabase({ file: ':memory:', projections, log: LOG_ID });
  const projected = (chunk: Chunk) => void chunks.push(chunk);
  const waits = whenFull === undefined ? {} : { whenFull: () => whenFull(here) };
  const here = new ProjectingHere({ database, projections, log: LOG_ID, projected, ...waits });
  return { here, chunks };
}

test('with more to come records wait for one transaction, and nobody sees them before or is given them', () => {
  const { stored } = new Chains().add(agent, agentState('ready', 1)).add(agent).add(peer).add(agent);
  const { here, chunks } = projecting();
  here.project(stored.slice(0, 2), true);
  here.project(stored.slice(2, 3), true);
  expect([here.checkpoint.position, chunks.length]).toEqual([0, 0]);
  here.project(stored.slice(3), false);
  expect(chunks).toMatchObject([{ after: 0, upTo: 4, newest: new Map([['agent', 4]]) }]);
  expect(chunks[0]?.valid).toBeUndefined();
});

test('with nothing more to come those who follow are given the records', () => {
  const { stored } = new Chains().add(agent, agentState('ready', 1)).junk('junk').add(agent);
  const { here, chunks } = projecting();
  here.project(stored, false);
  expect(chunks[0]?.valid?.map(({ position }) => position)).toEqual([1, 3]);
});

test('a long transaction leaves the same tables as many short ones', () => {
  const chains = new Chains();
  while (chains.stored.length < 400) {
    const index = chains.stored.length;
    chains.add({ ...agent, id: `agent-${(index * 7) % 30}` }, agentState(index % 3 === 0 ? 'away' : 'ready', index));
    if (index % 50 === 0) chains.junk('junk').broken(agent, { version: 7 });
  }
  const tables = [true, false].map((more) => {
    const { here } = projecting();
    for (let start = 0; start < chains.stored.length; start += 97)
      here.project(chains.stored.slice(start, start + 97), more);
    here.project([], false);
    return tablesOf(here.rows);
  });
  expect(tables[0]).toEqual(tables[1]);
});

test('what cannot be written undoes its whole transaction, and the next one begins where that began', () => {
  const { here, chunks } = projecting();
  const { stored } = new Chains().add(agent, agentState('ready', 1)).add(agent).add(agent);
  here.project(stored.slice(0, 1), false);
  here.project(stored.slice(1, 2), true);
  here.rows.run(
    "INSERT INTO commands (position, command, tenant, actor, version, time, parts) VALUES (3, '', '', '', 1, 1, 1)",
  );
  expect(() => here.project(stored.slice(2), true)).toThrow(/UNIQUE/);
  here.project(stored.slice(1), false);
  expect(chunks.map(({ after, upTo }) => [after, upTo])).toEqual([
    [0, 1],
    [1, 3],
  ]);
});

test('what was undone counts once when it is projected again', () => {
  const chains = new Chains();
  for (const [seconds, presence] of ['ready', 'away', 'ready', 'away', 'ready'].entries())
    chains.add(agent, { ...agentState(presence, 1), time: START_MS + 1000 * seconds });
  const { stored } = chains;
  const { here } = projecting();
  here.project(stored.slice(0, 1), false);
  here.project(stored.slice(1, 4), true);
  here.rows.run(
    "INSERT INTO commands (position, command, tenant, actor, version, time, parts) VALUES (5, '', '', '', 1, 1, 1)",
  );
  expect(() => here.project(stored.slice(4), false)).toThrow(/UNIQUE/);
  here.project(stored.slice(1), false);
  expect(tablesOf(here.rows)).toEqual(tablesOf(projected(stored, projections).database));
});

test('a transaction does not grow without end, however much is to come', () => {
  const chains = new Chains();
  const large = { state: { context: agentContext(1, { large: 'x'.repeat(1_000_000) }) } };
  while (chains.stored.length < 80) chains.add(agent, { ...agentState('ready', 1), ...large });
  const { here, chunks } = projecting();
  for (const record of chains.stored) here.project([record], true);
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.bytes).toBeGreaterThan(64 * 2 ** 20);
  expect(chunks[0]?.bytes).toBeLessThan(66 * 2 ** 20);
});

test('half a command is held back until it is whole', () => {
  const { stored } = new Chains().add(agent).command('answer', [agent], [peer]);
  const { here, chunks } = projecting();
  here.project(stored.slice(0, 2), false);
  expect(here.checkpoint.position).toBe(1);
  here.project(stored.slice(2), false);
  expect(chunks.map(({ after, upTo }) => [after, upTo])).toEqual([
    [0, 1],
    [1, 3],
  ]);
});

describe('on a full disk', () => {
  function onFullDisk(whenFull?: (here: ProjectingHere) => void) {
    const { here, chunks } = projecting(whenFull);
    const pages = here.rows.get<{ readonly page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    here.rows.execute(`PRAGMA max_page_count=${pages}`);
    const chains = new Chains();
    while (chains.stored.length < 300) chains.add({ ...agent, id: `agent-${chains.stored.length % 90}` });
    return { here, chunks, stored: chains.stored };
  }

  test('what that undid is done again when there is room', () => {
    let waited = 0;
    const { here, chunks, stored } = onFullDisk((full) => {
      waited += 1;
      if (waited === 2) full.rows.execute('PRAGMA max_page_count=100000');
    });
    here.project(stored, false);
    expect(waited).toBe(2);
    expect(chunks).toMatchObject([{ after: 0, upTo: 300 }]);
    const { here: roomy } = projecting();
    roomy.project(stored, false);
    expect(tablesOf(here.rows)).toEqual(tablesOf(roomy.rows));
  });

  test('it fails where nobody waits, and for a transaction of which a part is not at hand any more', () => {
    const { here, stored } = onFullDisk();
    expect(() => here.project(stored, false)).toThrow(/full/);
    const waiting = onFullDisk(() => undefined);
    expect(() => waiting.here.project(waiting.stored, true)).toThrow(/full/);
  });
});

test('a projection is shown the records of the kinds it names, or of all but those it leaves out', () => {
  const { stored } = new Chains()
    .add(agent)
    .add({ ...agent, kind: 'user' })
    .add({ ...agent, kind: 'queue' });
  const shown: Record<string, string[]> = { all: [], named: [], others: [] };
  const showing = (name: string, kinds: Pick<Projection, 'kinds' | 'exceptKinds'>): Projection => ({
    ...{ name, version: 1, tables: '', ...kinds },
    project: ({ actor }) => void shown[name]?.push(actor.kind),
  });
  const watching = [
    showing('all', {}),
    showing('named', { kinds: ['user'] }),
    showing('others', { exceptKinds: ['user'] }),
  ];
  const database = createDatabase({ file: ':memory:', projections: watching, log: LOG_ID });
  new ProjectingHere({ database, projections: watching, log: LOG_ID }).project(stored, false);
  expect(shown).toEqual({ all: ['agent', 'user', 'queue'], named: ['user'], others: ['agent', 'queue'] });
});
