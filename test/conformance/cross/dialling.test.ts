/** A number is dialled from each face: where it leads is the same for all of them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call as callOf, callsOf } from '../../../projections/calls.ts';
import { type Centre, EXTENSION, givenCentre, REESE } from './given.ts';

type Dial = (centre: Centre, number: string) => Promise<unknown>;

/** Reese Nath dials. */
const DIALS: readonly (readonly [string, Dial])[] = [
  [
    'GWS Dial',
    (centre, number) => centre.gws('POST /me/calls', { operationName: 'Dial', destination: { phoneNumber: number } }),
  ],
  [
    'CCS dial',
    async (centre, number) => {
      await centre.ccs(`POST ${EXTENSION}`, { request: 'dial', target: number });
      await centre.hands.line(REESE.tenant, REESE.line).answer();
    },
  ],
  ['XUC dial', (centre, number) => centre.xuc('POST /dial/avencall.com/rnath', { number })],
  [
    'XUC dial on the socket',
    async (centre, number) => {
      const cti = await centre.cti();
      cti.command('dial', { destination: number });
      await cti.seen('PhoneEvent');
    },
  ],
];

describe.each(DIALS)('what %s dials', (_, dial) => {
  let centre: Centre;
  beforeEach(async () => {
    centre = await givenCentre();
  });
  afterEach(() => centre.stop());

  async function dialled(number: string) {
    await dial(centre, number);
    await centre.atRest();
    return newest();
  }
  function newest() {
    const [found] = callsOf(centre.world.runtime.live, { tenant: REESE.tenant, limit: 1 });
    if (found === undefined) throw new Error('nothing was dialled');
    return found;
  }
  const sonny = (path: string, body: object) => centre.xuc(`POST /${path}/avencall.com/spatel`, body);

  test('waits in the queue whose number it is, and is offered to an agent', async () => {
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'spatel:');
    expect(await dialled('387')).toMatchObject({
      stage: 'offered',
      context: {
        direction: 'internal',
        from: '114',
        fromName: 'Reese Nath',
        to: '387',
        queue: { queue: 'q3878', name: 'Q3878' },
        offer: { agent: 'spatel' },
      },
    });
    await centre.hands.line(REESE.tenant, '113').answer();
    await centre.atRest();
    expect(newest().stage).toBe('established');
  });

  test('rings at the line whose number it is, for as long as its agent likes', async () => {
    const { stage, context } = await dialled('113');
    expect([stage, context.direction]).toEqual(['ringing', 'internal']);
    expect(context.legs[1]).toMatchObject({ line: '113', agent: 'spatel', name: 'Sonny Patel', ringMs: 20_000 });
  });

  test('answers outside after two seconds', async () => {
    expect((await dialled('+19735550123')).context).toMatchObject({ direction: 'outbound', to: '0019735550123' });
    await centre.advance(2_000);
    expect(newest().stage).toBe('established');
  });

  test('goes where its line is forwarded to, also into a queue', async () => {
    await sonny('uncForward', { state: true, destination: '387' });
    expect(await dialled('113')).toMatchObject({ stage: 'queued', context: { queue: { queue: 'q3878' } } });
  });

  test('is busy where nobody wants to be disturbed', async () => {
    await sonny('dnd', { state: true });
    expect(await dialled('113')).toMatchObject({ stage: 'ended', context: { cause: 'busy' } });
  });

  test('leads nowhere under a short number that nobody has', async () => {
    expect(await dialled('999')).toMatchObject({
      stage: 'ended',
      context: { direction: 'internal', cause: 'unreachable' },
    });
  });
});

test('who is dialled by name in XUC is reached like by his number', async () => {
  const centre = await givenCentre();
  try {
    await centre.xuc('POST /dialByUsername/avencall.com/rnath', { username: 'spatel' });
    const [found] = callsOf(centre.world.runtime.live, { tenant: REESE.tenant, limit: 1 });
    expect(callOf(centre.world.runtime.live, REESE.tenant, found?.id ?? '')).toMatchObject({
      stage: 'ringing',
      context: { to: '113', legs: [{}, { line: '113', ringMs: 20_000 }] },
    });
  } finally {
    await centre.stop();
  }
});
