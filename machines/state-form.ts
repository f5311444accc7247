/** The form of a kind's states, as every record of it holds one: where the statechart may stand, and what it remembers there. */
import type { AnyStateMachine } from 'xstate';
import type { StateForm } from '../src/model/actor-kind.ts';
import type { Form } from '../src/model/form.ts';

type StateNode = AnyStateMachine['root'];

export function stateForm(machine: AnyStateMachine, context: Form): StateForm {
  return { to: formBelow(machine.root), context };
}

/** Of the value of a state that has states of its own: one of them, or in a parallel one all. */
function formBelow({ type, states }: StateNode): Form {
  const children: readonly StateNode[] = Object.values(states);
  const entered = children.filter((child) => Object.keys(child.states).length > 0);
  if (type === 'parallel')
    return { fields: Object.fromEntries(children.map((child) => [child.key, formBelow(child)])), closed: true };
  return {
    either: [
      { words: children.filter((child) => !entered.includes(child)).map(({ key }) => key) },
      ...entered.map((child): Form => ({ fields: { [child.key]: formBelow(child) }, closed: true })),
    ],
  };
}
