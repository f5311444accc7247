/**
 * genesys.md §1.7.2, §1.8: a message holds the full call, and `capabilities` are what a client may ask for next. So whatever
 * happens, a client that only listens knows what one that reads would: the last message of a call is the call.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Centre, givenCentre } from './given.ts';

const NUMBERS = { ksippo: '15000', peer: '15001', third: '15002' } as const;
type Who = keyof typeof NUMBERS;
const PEOPLE = Object.keys(NUMBERS) as readonly Who[];
const WATCHED = '/devices/7542eb95-8f1c-4b90-bb2a-1b34578a4627';

/** An operation on the person's first call (`consult`: on his last), or on his device. */
type Step = readonly [who: Who, operation: string, more?: object, on?: 'consult' | 'device'];

const to = (who: Who) => ({ destination: { phoneNumber: NUMBERS[who] } });
const TALK: readonly Step[] = [
  ['ksippo', 'Dial', to('peer')],
  ['peer', 'Answer'],
];
const CONSULT: readonly Step[] = [...TALK, ['ksippo', 'InitiateTransfer', to('third')]];
const LISTEN: readonly Step[] = [...TALK, ['third', 'ListenIn', { targetDeviceUri: WATCHED }, 'device']];
const BARGE: readonly Step[] = [...LISTEN, ['third', 'BargeIn', { targetDeviceUri: WATCHED }, 'device']];

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  'a call is held': [...TALK, ['ksippo', 'Hold']],
  'a consult begins on a call that is held already': [
    ...TALK,
    ['ksippo', 'Hold'],
    ['ksippo', 'InitiateTransfer', to('third')],
  ],
  'a consult is given up before anybody answered': [...CONSULT, ['ksippo', 'Hangup', {}, 'consult']],
  'a consult is rejected': [...CONSULT, ['third', 'Reject']],
  'whom he consulted hangs up': [...CONSULT, ['third', 'Answer'], ['third', 'Hangup']],
  'the calls are swapped and the consult ends': [
    ...CONSULT,
    ['third', 'Answer'],
    ['ksippo', 'SwapCalls'],
    ['ksippo', 'Hangup', {}, 'consult'],
  ],
  'a transferred call is answered': [...TALK, ['ksippo', 'SingleStepTransfer', to('third')], ['third', 'Answer']],
  'a conference loses one': [
    ...TALK,
    ['ksippo', 'SingleStepConference', to('third')],
    ['third', 'Answer'],
    ['ksippo', 'RemoveParticipantFromConference', { participant: NUMBERS.third }],
  ],
  'a supervisor listens in': LISTEN,
  'he mutes whom he listens to': [...LISTEN, ['third', 'MuteMonitoredUser', {}, 'device']],
  'whom he listens to is on hold': [...LISTEN, ['ksippo', 'Hold']],
  'he coaches': [...LISTEN, ['third', 'Coach', { targetDeviceUri: WATCHED }, 'device']],
  'he barges in': BARGE,
  'he cancels and stays in the call': [...BARGE, ['third', 'CancelSupervisorMonitoring', {}, 'device']],
  'he cancels when both have it on hold': [
    ...BARGE,
    ['ksippo', 'Hold'],
    ['third', 'Hold'],
    ['third', 'CancelSupervisorMonitoring', {}, 'device'],
  ],
  'a call is over': [...TALK, ['peer', 'Hangup']],
  'one calls himself': [['ksippo', 'Dial', to('ksippo')]],
};

describe('what is told of a call is what is read of it', () => {
  let centre: Centre;
  let device: string;
  /** The last call told, by person and id. */
  const told = new Map<string, object>();
  const sessions = new Map<Who, string>();

  beforeEach(async () => {
    told.clear();
    centre = await givenCentre();
    const { users } = await centre.gws('GET /users?fields=*&userName=third', undefined, 'admin:admin1');
    await centre.gws(`PUT /users/${users[0].id}`, { roles: ['ROLE_AGENT', 'ROLE_SUPERVISOR'] }, 'admin:admin1');
    device = (await centre.gws('GET /me/devices?fields=*', undefined, 'third:')).devices[0].id;
    for (const who of PEOPLE) {
      await centre.gws('POST /me/channels/voice', { operationName: 'NotReady' }, `${who}:`);
      const [{ clientId }] = await bayeux(who, { ...HANDSHAKE, channel: '/meta/handshake' });
      sessions.set(who, clientId);
      await bayeux(who, { channel: '/meta/subscribe', subscription: '/v2/me/calls' });
    }
  });
  afterEach(() => centre.stop());

  const bayeux = (who: Who, message: object) =>
    centre.gws('POST /notifications', [{ id: '1', clientId: sessions.get(who), ...message }], `${who}:`);

  const hear = async (who: Who) => {
    const connect = { channel: '/meta/connect', connectionType: 'long-polling', advice: { timeout: 0 } };
    for (const { data } of await bayeux(who, connect)) {
      if (data?.call !== undefined) told.set(`${who} ${data.call.id}`, withoutDuration(data.call));
    }
  };

  /** His calls that he has not been told are over. */
  const stillOf = (who: Who) =>
    [...told].filter(([key, call]) => key.startsWith(who) && !('state' in call && call.state === 'Released'));

  const callsOf = async (who: Who) => (await centre.gws('GET /me/calls?fields=*', undefined, `${who}:`)).calls;

  const perform = async ([who, operationName, more = {}, on]: Step) => {
    const call = (await callsOf(who)).at(on === 'consult' ? -1 : 0);
    const own = operationName === 'Dial' ? '/me/calls' : `/me/calls/${call?.id}`;
    const path = on === 'device' ? `/me/devices/${device}` : own;
    await centre.gws(`POST ${path}`, { operationName, ...more }, `${who}:`);
  };

  test.each(Object.entries(SCRIPTS))('when %s', async (_, steps) => {
    for (const step of steps) await perform(step);
    for (const who of PEOPLE) {
      await hear(who);
      for (const call of await callsOf(who)) {
        await expect.poll(() => hear(who).then(() => told.get(`${who} ${call.id}`))).toEqual(withoutDuration(call));
      }
      await expect.poll(() => hear(who).then(() => stillOf(who))).toHaveLength((await callsOf(who)).length);
    }
  });

  test('cancelling ends what the supervisor could do to whom he monitored, also where he has barged in', async () => {
    for (const step of BARGE) await perform(step);
    expect((await callsOf('third'))[0]).toMatchObject({ monitoring: true });
    expect((await callsOf('third'))[0].capabilities).toContain('MuteMonitoredUser');
    await perform(['third', 'CancelSupervisorMonitoring', {}, 'device']);
    const [own] = await callsOf('third');
    expect(own).toMatchObject({ state: 'Established', monitoring: false });
    expect(own.capabilities).not.toContain('MuteMonitoredUser');
  });
});

const HANDSHAKE = { version: '1.0', supportedConnectionTypes: ['long-polling'] };

function withoutDuration({ duration: _, ...call }: { readonly duration: string }): object {
  return call;
}
