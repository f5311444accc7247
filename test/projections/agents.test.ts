import { expect, test } from 'vitest';
import { agent, agents, agentsOf, presenceCounts } from '../../projections/agents.ts';
import { agentContext, agentState } from '../support/agent-records.ts';
import { Chains, projected } from '../support/given.ts';

const ksippo = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };
const peer = { tenant: 'genesys', kind: 'agent', id: 'peer' };
const ann = { tenant: 'lunchlab', kind: 'agent', id: '101' };

test('an agent is shown as the last record left him', () => {
  const { stored } = new Chains().add(ksippo, agentState('ready', 5)).add(ksippo, agentState('away', 9, { dnd: true }));
  const { view } = projected(stored, [agents]);
  expect(agent(view, 'genesys', 'ksippo')).toEqual({
    tenant: 'genesys',
    id: 'ksippo',
    presence: 'away',
    presenceSince: 9,
    reason: 'Lunch Break',
    phone: 'idle',
    phoneSince: 9,
    line: '15000',
    queue: 'none',
    queueSince: 9,
    missed: 0,
    dnd: true,
    version: 2,
    position: 2,
    created: 1,
    context: agentContext(9, { dnd: true }),
  });
});

test('a tenant lists its own agents, in the order of their creation, page by page', () => {
  const { stored } = new Chains()
    .add(peer, agentState('ready', 1))
    .add(ann, agentState('ready', 2))
    .add(ksippo, agentState('ready', 3))
    .add(peer, agentState('away', 4));
  const { view } = projected(stored, [agents]);
  expect(agentsOf(view, { tenant: 'genesys', limit: 10 }).map(({ id }) => id)).toEqual(['peer', 'ksippo']);
  expect(agentsOf(view, { tenant: 'genesys', limit: 1 }).map(({ id }) => id)).toEqual(['peer']);
  expect(agentsOf(view, { tenant: 'genesys', after: 1, limit: 1 }).map(({ id }) => id)).toEqual(['ksippo']);
  expect(presenceCounts(view, 'genesys')).toEqual({ away: 1, ready: 1 });
});

test('a removed agent is gone', () => {
  const { stored } = new Chains()
    .add(ksippo, agentState('ready', 1))
    .add(ksippo, { to: 'removed', state: { context: agentContext(2), done: true } });
  const { view } = projected(stored, [agents]);
  expect(agent(view, 'genesys', 'ksippo')).toBeUndefined();
  expect(presenceCounts(view, 'genesys')).toEqual({});
});

test('actors of other kinds are not agents', () => {
  const { stored } = new Chains().add({ ...ksippo, kind: 'call' }, agentState('ready', 1));
  expect(agentsOf(projected(stored, [agents]).view, { tenant: 'genesys', limit: 10 })).toEqual([]);
});
