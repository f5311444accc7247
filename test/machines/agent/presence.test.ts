import { describe, expect, it } from 'vitest';
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agentKind } from '../../../machines/agent/machine.ts';
import { takenAt } from '../../../machines/agent/presence.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { actorOf, START } from '../actor.ts';
import { anAgent, COFFEE, LUNCH, leg, onQueueCall, regionsOf, type TestAgent } from './an-agent.ts';

const presenceOf = (agent: TestAgent) => (regionsOf(agent) as { presence: string }).presence;

describe('creation', () => {
  it('makes a signed-out agent with default rules unless more is said', () => {
    const agent = anAgent({ presence: 'signedOut' });
    expect(regionsOf(agent)).toEqual({ presence: 'signedOut', phone: 'idle', queue: 'none' });
    expect(agent.context.rules).toEqual({ wrapUpMs: 30_000, missedMax: 2, ringMs: 20_000 });
    expect(agent.context.presence).toEqual({ since: START, cause: 'system' });
  });

  it.each(['ready', 'away'])('can make an agent %s at once', (presence) => {
    expect(presenceOf(anAgent({ presence }))).toBe(presence);
  });

  it('refuses a working presence to an agent without a line', () => {
    const agent = actorOf<AgentContext>(agentKind);
    expect(agent.when({ type: 'create', presence: 'ready' })).toEqual({ kind: 'refused', reason: 'noLine' });
    expect(agent.value).toBe('absent');
  });

  it('happens once', () => {
    expect(anAgent().when({ type: 'create' })).toEqual({ kind: 'refused', reason: 'exists' });
  });

  it('is the only event an absent agent takes', () => {
    const others = Object.keys(agentKind.events).filter((type) => type !== 'create');
    const answers = others.map((type) => actorOf(agentKind).when({ type, call: 'c', leg: 'l', line: '1' }).kind);
    expect(new Set(answers)).toEqual(new Set(['unhandled']));
  });
});

describe('presence commands', () => {
  const SIGNED_OUT: MachineEvent[] = [{ type: 'signOut' }];
  const moves: [string, MachineEvent, string][] = [
    ['signs in ready', { type: 'signIn', initial: 'ready' }, 'ready'],
    ['signs in away', { type: 'signIn', initial: 'away', reason: LUNCH }, 'away'],
    ['is set ready with leave to sign in', { type: 'setReady', signIn: true }, 'ready'],
    ['is set away with leave to sign in', { type: 'setAway', signIn: true, workMode: 'AuxWork' }, 'away'],
    ['is set to wrap-up with leave to sign in', { type: 'setWrapUp', signIn: true }, 'wrapUp'],
  ];
  it.each(moves)('a signed-out agent %s', (_, event, presence) => {
    expect(presenceOf(anAgent().given(...SIGNED_OUT, event))).toBe(presence);
  });

  it.each(['setReady', 'setAway', 'setWrapUp'])('%s of a signed-out agent is refused without that leave', (type) => {
    expect(
      anAgent()
        .given(...SIGNED_OUT)
        .when({ type }),
    ).toEqual({ kind: 'refused', reason: 'signedOut' });
  });

  it.each([
    { type: 'signIn', initial: 'ready' },
    { type: 'setReady', signIn: true },
  ])('nobody signs in without a line: $type', (event) => {
    const agent = actorOf<AgentContext>(agentKind).given({ type: 'create' });
    expect(agent.when(event)).toEqual({ kind: 'refused', reason: 'noLine' });
  });

  it('every working presence leads to every other', () => {
    const kinds = { ready: 'setReady', away: 'setAway', wrapUp: 'setWrapUp', signedOut: 'signOut' };
    for (const [from, enter] of Object.entries(kinds)) {
      for (const [to, event] of Object.entries(kinds)) {
        if (from === 'signedOut') continue;
        expect(presenceOf(anAgent().given({ type: enter }, { type: event })), `${from} to ${to}`).toBe(to);
      }
    }
  });

  it('a change records its time, reason, work mode, cause and principal', () => {
    const agent = anAgent().wait(500);
    agent.given({ type: 'setAway', reason: LUNCH, workMode: 'AuxWork', cause: 'supervisor', by: 'user:boss' });
    expect(agent.context.presence).toEqual({
      since: START + 500,
      reason: LUNCH,
      workMode: 'AuxWork',
      cause: 'supervisor',
      by: 'user:boss',
    });
  });

  it.each([
    { type: 'setReady' },
    { type: 'setAway', reason: LUNCH },
    { type: 'setWrapUp' },
    { type: 'signOut', reason: COFFEE },
  ])('setting the current presence again is accepted and starts no new time: $type', (event) => {
    const agent = anAgent().wait(100).given(event);
    const before = agent.context.presence.since;
    expect(agent.wait(100).given(event).context.presence.since).toBe(before);
  });

  it('signing out twice keeps the reason and time of the first, unless the second brings a reason of its own', () => {
    const agent = anAgent().given({ type: 'signOut', reason: COFFEE }).wait(100).given({ type: 'signOut' });
    expect(agent.context.presence).toMatchObject({ since: START, reason: COFFEE });
    agent.given({ type: 'signOut', reason: LUNCH });
    expect(agent.context.presence).toMatchObject({ since: START + 100, reason: LUNCH });
  });

  it('another reason for the same presence is a change', () => {
    const agent = anAgent()
      .given({ type: 'setAway', reason: LUNCH })
      .wait(100)
      .given({ type: 'setAway', reason: COFFEE });
    expect(agent.context.presence).toEqual({ since: START + 100, cause: 'self', reason: COFFEE });
  });

  it('signing in again on the same line changes nothing, on another line is refused', () => {
    const agent = anAgent();
    expect(presenceOf(agent.given({ type: 'signIn', initial: 'away', line: '101' }))).toBe('ready');
    expect(agent.when({ type: 'signIn', initial: 'ready', line: '102' })).toEqual({
      kind: 'refused',
      reason: 'signedInOnAnotherLine',
      details: { line: '101' },
    });
  });

  it('a change by the agent himself forgives missed offers, one by a supervisor does not', () => {
    const missedOnce = () => anAgent().given({ type: 'offer.missed', call: 'c1' });
    expect(missedOnce().given({ type: 'setAway', cause: 'supervisor' }).context.consecutiveMissed).toBe(1);
    expect(missedOnce().given({ type: 'setAway' }).context.consecutiveMissed).toBe(0);
  });
});

describe('presence during a call', () => {
  it('moves at once while phone and queue work go on', () => {
    const agent = onQueueCall(anAgent()).given({ type: 'setAway', reason: LUNCH });
    expect(regionsOf(agent)).toEqual({ presence: 'away', phone: 'talking', queue: 'talking' });
  });

  it('set to away is what wrap-up gives way to', () => {
    const agent = onQueueCall(anAgent()).given({ type: 'setAway', reason: LUNCH }, leg('ended'));
    expect(presenceOf(agent)).toBe('wrapUp');
    agent.wait(30_000);
    expect(presenceOf(agent)).toBe('away');
    expect(agent.context.presence).toMatchObject({ since: agent.now, cause: 'wrapUpEnded', reason: LUNCH });
  });

  it('was taken when it was set, also after wrap-ups', () => {
    const agent = onQueueCall(anAgent().wait(5_000)).given({ type: 'setAway', reason: LUNCH });
    const taken = agent.now;
    agent.wait(1_000).given(leg('ended'));
    expect(takenAt(agent.context.presence)).toBe(taken);
    agent.wait(30_000);
    expect(presenceOf(agent)).toBe('away');
    expect(takenAt(agent.context.presence)).toBe(taken);
  });

  it.each([
    ['as it was: taken then', { type: 'setAway', reason: LUNCH }, START],
    ['for another reason: taken now', { type: 'setAway', reason: COFFEE }, START + 1_000],
    ['otherwise: taken now', { type: 'setReady' }, START + 1_000],
  ])('set in a wrap-up %s', (_, event, taken) => {
    const agent = onQueueCall(anAgent()).given({ type: 'setAway', reason: LUNCH }, leg('ended'));
    agent.wait(1_000).given(event);
    expect(takenAt(agent.context.presence)).toBe(taken);
  });

  it('signed out leaves the legs up and is followed by no wrap-up', () => {
    const agent = onQueueCall(anAgent()).given({ type: 'signOut', reason: COFFEE });
    expect(regionsOf(agent)).toEqual({ presence: 'signedOut', phone: 'talking', queue: 'talking' });
    expect(regionsOf(agent.given(leg('ended')))).toEqual({ presence: 'signedOut', phone: 'idle', queue: 'none' });
    expect(agent.live.timers).toEqual([]);
  });

  it('set to wrap-up by hand outlasts the wrap-up of the queue', () => {
    const agent = onQueueCall(anAgent()).given({ type: 'setWrapUp' }, leg('ended'));
    expect(regionsOf(agent)).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
    agent.wait(60_000);
    expect(regionsOf(agent)).toEqual({ presence: 'wrapUp', phone: 'idle', queue: 'none' });
    expect(agent.context.presence).toEqual({ since: START, cause: 'self' });
  });
});

describe('removal', () => {
  it('is refused while the agent has legs, an offer or wrap-up, and final else', () => {
    const busy = { kind: 'refused', reason: 'busy' };
    expect(onQueueCall(anAgent()).when({ type: 'remove' })).toEqual(busy);
    expect(anAgent().given({ type: 'offer', call: 'c1', queue: 'q1' }).when({ type: 'remove' })).toEqual(busy);
    expect(onQueueCall(anAgent()).given(leg('ended')).when({ type: 'remove' })).toEqual(busy);
    const removed = anAgent().given({ type: 'remove' });
    expect(removed.value).toBe('removed');
    expect(removed.when({ type: 'setReady' })).toEqual({ kind: 'finished' });
  });
});
