/**
 * A contact centre in memory behind a real Asterisk, with real telephones: alice, bob and carol at lines 101 to 103, and
 * somebody outside. The same small directory as with the simulated network.
 */
import { pino } from 'pino';
import type { CallContext } from '../../../machines/call/context.ts';
import { agent } from '../../../projections/agents.ts';
import { allLiveCalls, call, callsOf } from '../../../projections/calls.ts';
import { systemClock } from '../../../src/clock.ts';
import { messageOf } from '../../../src/errors.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { AsteriskSwitch } from '../../../src/switch/asterisk/asterisk-switch.ts';
import { Connector, type LiveCall } from '../../../src/switch/connector.ts';
import { type Asterisk, LOGIN, startAsterisk, TRUNK } from '../../support/asterisk.ts';
import { eventually } from '../../support/eventually.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { givenWorld, type World } from '../../support/world.ts';
import { directoryOf, LINES, TENANT } from '../telephony.ts';

export type Who = 'alice' | 'bob' | 'carol' | 'outside';

/** One sound each: who hears it, hears him. */
export const SOUNDS: Readonly<Record<Who, number>> = { alice: 0x11, bob: 0x22, carol: 0x33, outside: 0x44 };

export interface Telephones {
  readonly asterisk: Asterisk;
  readonly phones: Readonly<Record<Who, SipPhone>>;
  given(to: string, ...events: readonly MachineEvent[]): Promise<void>;
  /** The clock of the log, which stands still otherwise. */
  pass(ms: number): Promise<void>;
  call(id: string): CallContext;
  live(): readonly LiveCall[];
  stage(id: string): string | undefined;
  /** The newest call of the log. */
  newest(): { readonly id: string; readonly stage: string } | undefined;
  phone(agent: string): string | undefined;
  history(id: string): readonly string[];
  until(what: string, holds: () => boolean): Promise<void>;
  /** Waits until it is so, as sound takes its time to change. */
  hears(who: Who, ...sounds: readonly number[]): Promise<void>;
  /** The switch and its connector end, as by `kill -9`: nothing is said to Asterisk. */
  stop(): Promise<void>;
  /** Others take up what the log and Asterisk hold. */
  start(): Promise<void>;
  /** Breaks the link to Asterisk, which is made again. */
  cut(): void;
  /** What the switch could not do, or had to be told that it is wrong. */
  readonly problems: readonly string[];
  /** No call, no channel, no bridge is left. Hangs up what is, for the next test. */
  rest(): Promise<void>;
  remove(): Promise<void>;
}

export async function givenTelephones(): Promise<Telephones> {
  const asterisk = await startAsterisk(Object.keys(LINES));
  const plug = (name: string, who: Who) => SipPhone.plugIn(name, asterisk.sipPort, SOUNDS[who]);
  const phones = {
    alice: await plug('101', 'alice'),
    bob: await plug('102', 'bob'),
    carol: await plug('103', 'carol'),
    outside: await plug(TRUNK, 'outside'),
  };
  const world: World = await givenWorld();
  for (const [line, name] of Object.entries(LINES)) {
    const event = { type: 'create', line, presence: 'ready' };
    await world.record(TENANT, { to: { tenant: TENANT, kind: 'agent', id: name }, event });
  }
  const { runtime, clock } = world;
  const link = await startTcpProxy(asterisk.url);
  const problems: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void problems.push(line) });
  let up: { readonly connector: Connector; readonly asteriskSwitch: AsteriskSwitch };

  const telephones: Telephones = {
    asterisk,
    phones,
    async given(to, ...events) {
      const [kind = '', id = ''] = to.split('/');
      for (const event of events) await world.record(TENANT, { to: { tenant: TENANT, kind, id }, event });
    },
    async pass(ms) {
      await world.advance(ms);
    },
    call(id) {
      const found = call(runtime.live, TENANT, id);
      if (found === undefined) throw new Error(`no call ${id}`);
      return found.context;
    },
    live: () => allLiveCalls(runtime.live),
    stage: (id) => call(runtime.live, TENANT, id)?.stage,
    newest: () => callsOf(runtime.live, { tenant: TENANT, limit: 1 })[0],
    phone: (name) => agent(runtime.live, TENANT, name)?.phone,
    history: (id) =>
      world.log.records
        .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()))
        .filter(({ source }) => source === `/tenants/${TENANT}/calls/${id}`)
        .map(({ data }) => data.event.type),
    until: async (what, holds) => {
      await eventually(what, () => holds() || undefined);
    },
    hears: (who, ...sounds) =>
      eventually(
        `${who} hears ${sounds}`,
        async () => [...(await phones[who].hears())].sort().join() === [...sounds].sort().join() || undefined,
        500,
      ).then(() => undefined),
    async stop() {
      await up.asteriskSwitch.close();
      await up.connector.stop();
    },
    async start() {
      const asteriskSwitch = new AsteriskSwitch({
        url: link.url.replace('nats:', 'http:'),
        login: LOGIN,
        app: 'ledgerline',
        tenant: TENANT,
        lines: 'PJSIP/{number}',
        outside: `PJSIP/{number}@${TRUNK}`,
        clock: systemClock(),
        retryMs: 100,
        logger,
      });
      const connector = new Connector({
        runtime,
        clock,
        switch: asteriskSwitch,
        directory: directoryOf(runtime.live),
        allLiveCalls,
        retryMs: 100,
        report: (what, problem) => void problems.push(`${what}: ${messageOf(problem)}`),
      });
      up = { connector, asteriskSwitch };
      await connector.start();
      await eventually('Asterisk is connected', () => asteriskSwitch.isUp || undefined);
    },
    cut: () => link.cut(),
    problems,
    async rest() {
      for (const phone of Object.values(phones)) {
        while (phone.talk !== undefined) phone.hangUp();
        phone.manner = 'auto';
      }
      await telephones.until('every call is over', () => allLiveCalls(runtime.live).length === 0);
      const nothing = async (path: string) => ((await asterisk.get(path)) as unknown[]).length === 0;
      await eventually('no channel is left', async () => (await nothing('/channels')) || undefined);
      await eventually('no bridge is left', async () => (await nothing('/bridges')) || undefined);
      for (const name of Object.values(LINES))
        await telephones.given(`agent/${name}`, { type: 'setReady' }).catch(() => undefined);
    },
    async remove() {
      await telephones.stop();
      for (const phone of Object.values(phones)) await phone.unplug();
      await link.close();
      await asterisk.remove();
      await world.close();
    },
  };
  await telephones.start();
  return telephones;
}
