/**
 * What a program outside cannot do with the credentials of its consumer, whatever it tries: run against the embedded server
 * and against an outside one with the account configuration that Ledgerline prints.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '../dialects/native/client.ts';
import { type Outsider, outsider, refused } from '../subscribers/outside/given.ts';
import { PATIENT } from '../support/nats-server.ts';

export interface Confined {
  /** Of the native API; tenants `acme` and `other` have a consumer `curious` each. */
  readonly call: Call;
  readonly natsUrl: string;
  /** Signed in with the key of acme's. */
  readonly program: Outsider;
  /** Of Ledgerline's own key. */
  readonly ledgerSeed: string;
}

/** Where an answer would do harm. */
const INJECTED = [
  'evt.other.skill.injected',
  'evt.acme.skill.injected',
  'sec.acme.token.injected',
  'deliver.other=curious.x',
  '$JS.API.STREAM.PURGE.LEDGER',
];

export function confinedToItsOwn(given: () => Promise<Confined>): void {
  describe('with its credentials alone', () => {
    let call: Call;
    let natsUrl: string;
    let program: Outsider;
    let ledgerSeed: string;
    let before: number;

    const position = async () => Number((await call('GET', '/healthz')).body.position);

    beforeAll(async () => {
      ({ call, natsUrl, program, ledgerSeed } = await given());
      before = await position();
    });

    test.each([
      ['another tenant’s live records', 'live.evt.other.>'],
      ['everybody’s live records', 'live.evt.>'],
      ['another tenant by a wildcard', 'live.evt.*.skill.*'],
      ['stored records as they are published', 'evt.acme.>'],
      ['private records', 'sec.>'],
      ['private records of its own tenant', 'sec.acme.>'],
      ['private records, had they been republished', 'live.sec.>'],
      ['another consumer’s deliveries', 'deliver.other=curious.*'],
      ['a sister’s deliveries', 'deliver.acme=mine.*'],
      ['all deliveries', 'deliver.>'],
      ['every session of everybody', 'deliver.*.*'],
      ['who asks to go on', 'resume.>'],
      ['who of its own asks to go on', 'resume.acme=curious'],
      ['acknowledgements', '$JS.ACK.>'],
      ['the JetStream API', '$JS.>'],
      ['advisories', '$JS.EVENT.>'],
      ['the system account', '$SYS.>'],
      ['everybody’s replies', '_INBOX.>'],
      ['everything', '>'],
    ])('nobody hears %s', async (_, subject) => {
      const { seen } = program.listen(subject, false);
      await refused(program, `Subscription to "${subject}"`);
      expect(seen).toEqual([]);
    });

    test.each([
      ['writes into the log', 'evt.acme.skill.forged'],
      ['writes into another tenant', 'evt.other.skill.forged'],
      ['writes a secret', 'sec.acme.token.forged'],
      ['speaks as the republisher', 'live.evt.acme.skill.forged'],
      ['speaks as its own consumer', 'deliver.acme=curious.x'],
      ['goes on for another', 'resume.other=curious'],
      ['goes on for a sister', 'resume.acme=mine'],
      ['goes on for all', 'resume.*'],
      ['answers itself', '_INBOX.x.y'],
      ['asks about the stream', '$JS.API.STREAM.INFO.LEDGER'],
      ['lists streams', '$JS.API.STREAM.LIST'],
      ['reads a raw message', '$JS.API.STREAM.MSG.GET.LEDGER'],
      ['reads directly', '$JS.API.DIRECT.GET.LEDGER'],
      ['reads directly by subject', '$JS.API.DIRECT.GET.LEDGER.sec.acme.token.x'],
      ['purges', '$JS.API.STREAM.PURGE.LEDGER'],
      ['deletes the stream', '$JS.API.STREAM.DELETE.LEDGER'],
      ['changes the stream', '$JS.API.STREAM.UPDATE.LEDGER'],
      ['makes a stream', '$JS.API.STREAM.CREATE.MINE'],
      ['makes a consumer', '$JS.API.CONSUMER.CREATE.LEDGER.mine.evt.acme.>'],
      ['pulls', '$JS.API.CONSUMER.MSG.NEXT.LEDGER.acme=curious=a'],
      ['changes its own consumer', '$JS.API.CONSUMER.CREATE.LEDGER.acme=curious=a'],
      ['resets its own consumer', '$JS.API.CONSUMER.RESET.LEDGER.acme=curious=a'],
      ['deletes another consumer', '$JS.API.CONSUMER.DELETE.LEDGER.other=curious=a'],
      ['acknowledges for another', '$JS.ACK.LEDGER.other=curious=a.1.1.1.1.0'],
      ['acknowledges for all', '$JS.ACK.LEDGER.*.1.1.1.1.0'],
      ['reloads the server', '$SYS.REQ.SERVER.X.RELOAD'],
    ])('nobody %s', async (_, subject) => {
      await program.send(subject, '{}', 'evt.other.skill.injected');
      await refused(program, `Publish to "${subject}"`);
      expect(await position()).toBe(before);
    });

    test.each(['+ACK', '+NAK', '+WPI', '+TERM', '+NXT {"batch":10}', '-NAK {"delay":1}', '{}', ''])(
      'no acknowledgement "%s" carries its answer into the log or to anybody else',
      async (text) => {
        const name = `answer-${text.length}`;
        await call('POST', '/v1/tenants/acme/skills', { id: name, name });
        const after = await position();
        const operator = await outsider(natsUrl, ledgerSeed);
        const heard = operator.listen('deliver.other=curious.*', false);
        await operator.nats.flush();
        for (const reply of INJECTED)
          for (const side of ['a', 'b'])
            for (const sequence of [1, 999_999])
              await program.send(`$JS.ACK.LEDGER.acme=curious=${side}.1.${sequence}.1.1.0`, text, reply);
        await operator.nats.flush();
        await operator.nats.close();
        expect(await position()).toBe(after);
        expect(heard.seen).toEqual([]);
      },
    );

    test.each(['', '{}', 'deliver.other=curious.x', '{"deliver":"evt.acme.skill.injected","deliver_subject":"evt.>"}'])(
      'no wish to go on, "%s", carries its answer or its records into the log or to anybody else',
      async (text) => {
        const before = await position();
        const operator = await outsider(natsUrl, ledgerSeed);
        const heard = ['deliver.other=curious.*', 'evt.>', 'sec.>'].map((subject) => operator.listen(subject, false));
        await operator.nats.flush();
        for (const reply of INJECTED) await program.send('resume.acme=curious', text, reply);
        // One that is answered here was asked after those, and is answered after them.
        await program.nats.request('resume.acme=curious', text, PATIENT);
        await operator.nats.flush();
        await operator.nats.close();
        expect(await position()).toBe(before);
        expect(heard.flatMap(({ seen }) => seen)).toEqual([]);
      },
    );

    test('its answers stay in its own account, where nobody else is', async () => {
      expect((await call('GET', '/v1/tenants/other/actors/skill/injected')).status).toBe(404);
      expect((await call('GET', '/v1/tenants/acme/actors/skill/forged')).status).toBe(404);
    });
  });
}
