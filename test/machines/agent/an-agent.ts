/** Agents, calls and words that the agent tests share. */
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agentKind } from '../../../machines/agent/machine.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { actorOf, type TestActor } from '../actor.ts';

export type TestAgent = TestActor<AgentContext>;

export const LUNCH = { id: 'lunch', name: 'Lunch Break' };
export const COFFEE = { id: 'coffee', name: 'Coffee Break' };

export function anAgent(create: Omit<MachineEvent, 'type'> = {}): TestAgent {
  return actorOf<AgentContext>(agentKind).given({ type: 'create', line: '101', presence: 'ready', ...create });
}

/** The names of his three states. */
export function regionsOf(agent: TestAgent): unknown {
  return (agent.value as { present: unknown }).present;
}

export function offer(call = 'c1', more: Omit<MachineEvent, 'type'> = {}): MachineEvent {
  return { type: 'offer', call, queue: 'q1', ...more };
}

export function leg(fact: string, call = 'c1', leg = 'l1', more: Omit<MachineEvent, 'type'> = {}): MachineEvent {
  return { type: `leg.${fact}`, call, leg, ...more };
}

/** He is offered a queue call and talks on it. */
export function onQueueCall(agent: TestAgent): TestAgent {
  return agent.given(offer(), leg('ringing'), leg('talking'));
}
