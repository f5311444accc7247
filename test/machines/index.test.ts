import { describe, expect, it } from 'vitest';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { kinds } from '../../machines/index.ts';
import { isToken } from '../../src/model/actor-id.ts';
import { stateProblem } from '../../src/model/form-check.ts';

const roster = [...kinds.values()];
const machineOf = (kind: (typeof roster)[number]) => kind.machine as AnyStateMachine;

describe.each(roster.map((kind) => [kind.name, kind] as const))('kind %s', (name, kind) => {
  const nodes = nodesOf(machineOf(kind).root);

  it('is named by a token that its machine bears too', () => {
    expect(isToken(name)).toBe(true);
    expect(machineOf(kind).id).toBe(name);
  });

  it('describes every state but the chart itself', () => {
    const silent = nodes.filter((node) => node.parent !== undefined && !node.description).map((node) => node.id);
    expect(silent).toEqual([]);
  });

  it('has a schema for every event from outside, and a state that takes every schema', () => {
    const heard = new Set(nodes.flatMap((node) => node.ownEvents));
    const internal = [...heard].filter((type) => type.startsWith('xstate.') || type === 'wrapUp.over');
    expect([...Object.keys(kind.events), ...internal].sort()).toEqual([...heard].sort());
  });

  it('says which form its states have: where it stands, and what it remembers', () => {
    const { value, context } = machineOf(kind).getInitialSnapshot({} as never);
    const nowhere = { to: 'nowhere', state: { context }, machine: `${name}@1` };
    expect(stateProblem(kind, nowhere)).toBe('its state is none of its kind, in data.to');
    expect(stateProblem(kind, { ...nowhere, to: value, state: { context: {} } })).toContain('data.state.context.');
  });

  it('keeps out what a pure step cannot do: invoked actors, history, numeric delays, eventless rivals', () => {
    for (const node of nodes) {
      expect(node.invoke, node.id).toEqual([]);
      expect(node.type, node.id).not.toBe('history');
      expect(
        node.after.every(({ delay }) => typeof delay === 'string'),
        node.id,
      ).toBe(true);
      if (isBesideAnother(node)) expect(node.always ?? [], node.id).toEqual([]);
    }
  });
});

describe('the roster', () => {
  it('keeps secrets, and what is nobody’s business, in private kinds', () => {
    const hidden = roster.filter((kind) => kind.visibility === 'private').map((kind) => kind.name);
    expect(hidden.sort()).toEqual(['claim', 'credential', 'push-token', 'reservation', 'seal', 'token', 'webhook']);
  });
});

/** Within parallel regions, where the order of eventless transitions would decide. */
function isBesideAnother(node: AnyStateNode): boolean {
  return node.parent !== undefined && (node.parent.type === 'parallel' || isBesideAnother(node.parent));
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}
