import { describe, expect, it } from 'vitest';
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agentKind } from '../../../machines/agent/machine.ts';
import { LEGS_MAX } from '../../../machines/agent/phone.ts';
import { actorOf, START } from '../actor.ts';
import { anAgent, leg, regionsOf, type TestAgent } from './an-agent.ts';

const phoneOf = (agent: TestAgent) => (regionsOf(agent) as { phone: string }).phone;

describe('the phone', () => {
  it('is unavailable without a line, and again when the line cannot be reached', () => {
    const agent = actorOf<AgentContext>(agentKind).given({ type: 'create' });
    expect(phoneOf(agent)).toBe('unavailable');
    expect(phoneOf(agent.given({ type: 'configure', line: '101' }))).toBe('idle');
    expect(phoneOf(agent.given({ type: 'line.unreachable', line: '102' }))).toBe('idle');
    expect(phoneOf(agent.given({ type: 'line.unreachable', line: '101' }))).toBe('unavailable');
    expect(phoneOf(agent.given({ type: 'line.reachable', line: '101' }))).toBe('idle');
    expect(phoneOf(agent.given({ type: 'configure', line: null }))).toBe('unavailable');
  });

  it('follows a leg through its life, and notes when it changed', () => {
    const agent = anAgent();
    const seen = ['dialing', 'ringing', 'talking', 'held', 'retrieved', 'ended'].map((fact) => {
      agent.wait(10).given(leg(fact));
      return [phoneOf(agent), agent.context.phone.since - START];
    });
    expect(seen).toEqual([
      ['dialing', 10],
      ['ringing', 20],
      ['talking', 30],
      ['held', 40],
      ['talking', 50],
      ['idle', 60],
    ]);
    expect(agent.context.phone.legs).toEqual([]);
  });

  it('can be looked at before a command makes it ring: free without a leg, whatever he is', () => {
    const check = { type: 'check', phone: 'free' };
    const agent = anAgent({ presence: 'signedOut' });
    expect(agent.when(check).kind).toBe('moved');
    agent.given(leg('ringing'));
    expect(agent.when(check)).toEqual({ kind: 'refused', reason: 'phoneBusy' });
    expect(agent.given(leg('ended')).when(check).kind).toBe('moved');
  });

  it('keeps what the facts say about a leg', () => {
    const agent = anAgent().given(
      leg('ringing', 'c1', 'l1', { direction: 'inbound', acd: true, queue: 'q1', party: '501' }),
    );
    expect(agent.wait(5).given(leg('talking')).context.phone.legs).toEqual([
      {
        call: 'c1',
        leg: 'l1',
        state: 'talking',
        since: START + 5,
        direction: 'inbound',
        acd: true,
        queue: 'q1',
        party: '501',
      },
    ]);
  });

  it('shows the leg that binds him most: talking, held, dialing, ringing', () => {
    const agent = anAgent().given(leg('ringing', 'c1', 'l1'), leg('dialing', 'c2', 'l2'));
    expect(phoneOf(agent)).toBe('dialing');
    expect(phoneOf(agent.given(leg('held', 'c3', 'l3')))).toBe('held');
    expect(phoneOf(agent.given(leg('talking', 'c4', 'l4')))).toBe('talking');
    expect(phoneOf(agent.given(leg('ended', 'c4', 'l4'), leg('ended', 'c3', 'l3')))).toBe('dialing');
    expect(phoneOf(agent.given(leg('ended', 'c2', 'l2')))).toBe('ringing');
  });

  it('takes facts twice, late and about legs it never saw', () => {
    const agent = anAgent().given(leg('ended'), leg('talking'), leg('talking'), leg('ringing'), leg('dialing'));
    expect(phoneOf(agent)).toBe('talking');
    expect(phoneOf(agent.given(leg('ended'), leg('ended')))).toBe('idle');
  });

  it('follows a bounded number of legs', () => {
    const agent = anAgent();
    for (let i = 0; i < LEGS_MAX + 5; i += 1) agent.given(leg('ringing', 'c1', `l${i}`));
    expect(agent.context.phone.legs).toHaveLength(LEGS_MAX);
    expect(phoneOf(agent)).toBe('ringing');
  });

  it('of a guest line lasts until he signs out, then he is back on his own', () => {
    const agent = anAgent({ presence: 'signedOut' }).given({ type: 'signIn', line: '200', initial: 'ready' });
    expect(agent.context.phone).toMatchObject({ line: '200', homeLine: '101' });
    agent.given({ type: 'configure', line: '103' });
    expect(agent.context.phone).toMatchObject({ line: '200', homeLine: '103' });
    agent.given({ type: 'signOut' });
    expect(agent.context.phone).toMatchObject({ line: '103', homeLine: '103' });
  });

  it('of an agent without a line of his own is unavailable before and after work', () => {
    const agent = actorOf<AgentContext>(agentKind).given({ type: 'create' });
    expect(phoneOf(agent.given({ type: 'signIn', line: '200', initial: 'ready' }))).toBe('idle');
    expect(phoneOf(agent.given({ type: 'signOut' }))).toBe('unavailable');
  });
});

describe('settings of the phone', () => {
  it('do not disturb goes on and off', () => {
    const agent = anAgent().given({ type: 'setDnd', on: true });
    expect(agent.context.dnd).toBe(true);
    expect(agent.given({ type: 'setDnd', on: false }).context.dnd).toBe(false);
  });

  it('a forward that is switched off keeps its destination', () => {
    const agent = anAgent().given(
      { type: 'setForward', forward: 'busy', enabled: true, destination: '1102' },
      { type: 'setForward', forward: 'busy', enabled: false, destination: '' },
    );
    expect(agent.context.forwards.busy).toEqual({ enabled: false, destination: '1102' });
    agent.given({ type: 'setForward', forward: 'busy', enabled: true });
    expect(agent.context.forwards.busy).toEqual({ enabled: true, destination: '1102' });
    expect(agent.context.forwards.noAnswer).toEqual({ enabled: false, destination: '' });
  });

  it('a forward to nowhere is refused', () => {
    const event = { type: 'setForward', forward: 'unconditional', enabled: true, destination: '' };
    expect(anAgent().when(event)).toEqual({ kind: 'refused', reason: 'noDestination' });
  });

  it('rules change one by one', () => {
    const agent = anAgent().given({ type: 'configure', missedMax: 5 }, { type: 'configure', ringMs: 9_000 });
    expect(agent.context.rules).toEqual({ wrapUpMs: 30_000, missedMax: 5, ringMs: 9_000 });
  });
});

describe('a phone with one voice', () => {
  it('has the call held on which he talked when he begins to talk on another', () => {
    const agent = anAgent().given(leg('talking', 'c1', 'l1'), leg('ringing', 'c2', 'l2'), leg('talking', 'c2', 'l2'));
    expect(agent.tells).toEqual([
      { to: { tenant: 'acme', kind: 'call', id: 'c1' }, event: { type: 'leg.displaced', leg: 'l1' } },
    ]);
    agent.given(leg('held', 'c1', 'l1'), leg('talking', 'c2', 'l2'));
    expect(agent.tells).toEqual([]);
    agent.given(leg('retrieved', 'c1', 'l1'));
    expect(agent.tells).toMatchObject([{ to: { id: 'c2' }, event: { leg: 'l2' } }]);
  });
});
