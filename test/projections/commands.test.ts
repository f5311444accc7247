import { describe, expect, test } from 'vitest';
import { commands, RETENTION_MS, receiptOf } from '../../projections/commands.ts';
import { INSTALLATION } from '../../src/model/actor-id.ts';
import { Chains, projected, START_MS } from '../support/given.ts';

const agent = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };
const call = { tenant: 'genesys', kind: 'call', id: '0BS9DD02LEMUI' };
const name = { tenant: INSTALLATION, kind: 'name', id: 'ksippo@example.org' };

describe('receipts', () => {
  test('an accepted command is found again with all its records', () => {
    const { stored } = new Chains().add(agent).command('answer', [call], [agent]);
    const { view } = projected(stored, [commands]);
    expect(receiptOf(view, 'genesys', 'answer')).toEqual({
      tenant: 'genesys',
      command: 'answer',
      position: 3,
      time: new Date(START_MS + 2000).toISOString(),
      records: [
        { actor: call, version: 1, position: 2 },
        { actor: agent, version: 2, position: 3 },
      ],
    });
  });

  test('a command id belongs to its tenant, whoever it moves', () => {
    const inTenant = { cause: { tenant: 'genesys' } };
    const { stored } = new Chains().command('claim', [name, inTenant], [agent, inTenant]);
    const { view } = projected(stored, [commands]);
    expect(receiptOf(view, 'genesys', 'claim')?.records).toHaveLength(2);
    expect(receiptOf(view, INSTALLATION, 'claim')).toBeUndefined();
    expect(receiptOf(view, 'lunchlab', 'claim')).toBeUndefined();
  });

  test('a second command of the same id does not change the receipt', () => {
    const { stored } = new Chains().command('twice', [agent]).command('twice', [agent], [call]);
    const { view } = projected(stored, [commands]);
    expect(receiptOf(view, 'genesys', 'twice')?.records).toEqual([{ actor: agent, version: 1, position: 1 }]);
  });

  test('receipts older than the retention are dropped, by the time of the records', () => {
    const chains = new Chains().command('old', [agent, { time: START_MS }]);
    const late = START_MS + RETENTION_MS + 1;
    while (chains.stored.length < 1024) chains.add(call, { time: late });
    const { view } = projected(chains.stored, [commands]);
    expect(receiptOf(view, 'genesys', 'old')).toBeUndefined();
    expect(receiptOf(view, 'genesys', 'command-2')).toBeDefined();
  });
});
