/**
 * A switch that is an Asterisk, spoken to by its REST interface (ARI). Its telephones are the lines of one tenant; calls come in
 * by `Stasis(<app>,<number dialled>[,<digits dialled after it>])` in its dialplan. It decides nothing: Asterisk makes channels
 * ring and bridges them, this says which. A call that an API answers is dialled again with the phone told to pick up
 * by itself, since nothing in SIP makes a ringing phone do so.
 */
import type { Logger } from 'pino';
import { LedgerlineError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import { InTurn } from '../../model/turns.ts';
import type { DialOrder, ExpectedLeg, Heard, LegRef, LiveLeg, Switch, SwitchEvent, SwitchListener } from '../switch.ts';
import { AriCommands } from './ari-commands.ts';
import type { AriChannel } from './ari-events.ts';
import { AriLink } from './ari-link.ts';
import { argumentsOf, incomingOn, shownOn, stateOf } from './channels.ts';
import { type Connection, Connections } from './connections.ts';
import { Dialling, type Failure, TRANSFERS_TELL } from './dialling.ts';
import { EventReader } from './event-reader.ts';
import { Media } from './media.ts';
import { type CallName, Endpoints, type Names, namesOf } from './names.ts';
import { Phones } from './phones.ts';

export interface AsteriskOptions {
  /** Where its HTTP server is. */
  readonly url: string;
  /** `user:password` of its ari.conf. */
  readonly login: string;
  /** Stasis application that its dialplan sends calls to. */
  readonly app: string;
  /** Whose telephones it has. */
  readonly tenant: string;
  /** Where a line of ours is, such as `PJSIP/{number}`, and a number outside; without the latter nobody outside is reached. */
  readonly lines: string;
  readonly outside?: string;
  readonly clock: Clock;
  readonly retryMs: number;
  readonly logger: Logger;
}

export class AsteriskSwitch implements Switch {
  readonly #options: AsteriskOptions;
  readonly #link: AriLink;
  readonly #ari: AriCommands;
  readonly #names: Names;
  readonly #lines: Endpoints;
  readonly #connections = new Connections();
  readonly #media: Media;
  readonly #dialling: Dialling;
  readonly #phones: Phones;
  readonly #reader: EventReader;
  readonly #findings = new InTurn();
  #listener: SwitchListener | undefined;
  #closed = false;

  constructor(options: AsteriskOptions) {
    const { url, login, app, tenant, outside, clock, retryMs, logger } = options;
    this.#options = options;
    const names = namesOf(app);
    const connections = this.#connections;
    this.#names = names;
    this.#lines = new Endpoints(options.lines);
    const report = (what: string) => logger.warn({ url }, `Asterisk ${what}`);
    this.#link = new AriLink({ url, login, app, clock, retryMs, report });
    this.#ari = new AriCommands(this.#link);
    this.#media = new Media({ ari: this.#ari, names, app, connections, clock });
    this.#phones = new Phones({ ari: this.#ari, tenant, lines: this.#lines, report: (event) => this.#report(event) });
    this.#dialling = new Dialling({
      ...{ link: this.#link, names, connections, app, tenant, lines: this.#lines },
      outside: outside === undefined ? undefined : new Endpoints(outside),
      failed: (connection, cause) => this.#failed(connection, cause),
      attempt: (what, work) => this.#attempt(what, work),
    });
    this.#reader = new EventReader({
      ...{ ari: this.#ari, names, tenant, lines: this.#lines, connections, clock, logger },
      ...{ media: this.#media, dialling: this.#dialling, phones: this.#phones },
      report: (event) => this.#report(event),
      asked: async (event) => (await this.#listener?.event(event)) ?? false,
      failed: (connection, cause) => this.#failed(connection, cause),
      ended: (connection) => this.#ended(connection),
      attempt: (what, work) => this.#attempt(what, work),
    });
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  listen(listener: SwitchListener): void {
    this.#listener = listener;
    this.#link.open({
      event: (event) => this.#reader.read(event),
      up: () => {
        listener.up();
        this.#attempt('its telephones', () => this.#phones.find());
      },
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#link.close();
  }

  async dial(order: DialOrder): Promise<void> {
    this.#needsLink();
    if (this.#connections.of(order) !== undefined) return;
    if (order.shares === undefined) await this.#dialling.dial(order);
    else this.#share(order, order.shares);
  }

  async answer(ref: LegRef): Promise<void> {
    this.#needsLink();
    const connection = this.#connections.of(ref);
    if (connection === undefined || connection.isAnswered) return;
    connection.isAnswered = true;
    if (connection.incoming !== undefined) {
      await this.#ari.post(`/channels/${connection.channel}/answer`);
      connection.state = 'up';
      await this.#media.cameUp(connection);
    } else if (connection.state === 'waiting') await this.#dialling.place(connection, true);
    else {
      connection.dialsAgain = true;
      await this.#ari.delete(`/channels/${connection.channel}`);
    }
  }

  async hangup(ref: LegRef): Promise<void> {
    this.#needsLink();
    const connection = this.#connections.of(ref);
    if (connection === undefined) return;
    const goesOn = this.#connections.leave(connection, ref.leg);
    const gone = goesOn ? undefined : this.#hangUp(connection);
    await Promise.all([gone, this.#media.left(connection, ref.leg)]);
  }

  async #hangUp(connection: Connection): Promise<void> {
    await connection.answering.catch(() => undefined);
    if (connection.state !== 'waiting') await this.#ari.delete(`/channels/${connection.channel}`, { reason: 'normal' });
    this.#dialling.goOn(connection);
  }

  /** Who holds is in no conversation and hears nothing: both are orders of their own. His phone is not told. */
  async hold(): Promise<void> {
    this.#needsLink();
  }

  async retrieve(): Promise<void> {
    this.#needsLink();
  }

  mute(ref: LegRef, muted: boolean): Promise<void> {
    return this.#media.mute(ref, muted);
  }

  sendDtmf(ref: LegRef, digits: string): Promise<void> {
    return this.#media.sendDtmf(ref, digits);
  }

  bridge(call: CallName, legs: readonly string[]): Promise<void> {
    return this.#media.bridge(call, legs);
  }

  play(ref: LegRef, heard: Heard): Promise<void> {
    return this.#media.play(ref, heard);
  }

  monitor(ref: LegRef, call: string | null, speaksTo: string | null): Promise<void> {
    return this.#media.monitor(ref, call, speaksTo);
  }

  record(call: CallName, recording: 'on' | 'paused' | 'off'): Promise<void> {
    return this.#media.record(call, recording);
  }

  legs(expected: readonly ExpectedLeg[]): Promise<readonly LiveLeg[]> {
    return this.#findings.run(async () => {
      const channels = await this.#found();
      const held = new Set(expected.filter(({ state }) => state === 'held').map(({ leg }) => leg));
      for (const channel of channels) this.#takeUp(channel, expected);
      for (const leg of expected) this.#takeUpShared(leg);
      await this.#media.findOut(expected, channels);
      return this.#connections.all().flatMap((connection) => liveLegs(connection, held));
    });
  }

  /** What is there by now, the newest attempts first. Whom we knew and is not there any more is forgotten. */
  async #found(): Promise<readonly AriChannel[]> {
    // What is dialled while Asterisk answers need not be in its answer.
    const known = this.#connections.all().map((connection) => ({ connection, ...connection }));
    const channels = await this.#reader.channels();
    const there = new Set(channels.map(({ id }) => id));
    // Who waits to be dialled is ordered anew: what it waits for may be over.
    for (const { connection } of known) if (connection.state === 'waiting') this.#connections.remove(connection);
    for (const { connection, state, channel } of known) {
      // What was dialled since is in no answer yet.
      if (state === 'waiting' || connection.channel !== channel || there.has(channel)) continue;
      if (connection.dialsAgain) this.#dialling.again(connection);
      else this.#forget(connection);
    }
    const attempt = ({ id }: AriChannel) => this.#names.ownChannel(id)?.attempt ?? 0;
    return channels.toSorted((one, other) => attempt(other) - attempt(one));
  }

  /** A channel as it is; one that is not ours is left alone. */
  #takeUp(channel: AriChannel, expected: readonly ExpectedLeg[]): void {
    const { tenant, app } = this.#options;
    const { id } = channel;
    const state = stateOf(channel);
    const known = this.#connections.onChannel(id);
    if (known !== undefined) {
      known.state = state;
      known.isAnswered = state === 'up';
      return;
    }
    const own = this.#names.ownChannel(id);
    const args = own === undefined ? argumentsOf(channel, app) : undefined;
    const incoming = args && incomingOn(channel, args, { tenant, lines: this.#lines });
    if (own === undefined && incoming === undefined) return;
    const ref = { tenant: own?.tenant ?? tenant, leg: own?.leg ?? id };
    if (this.#connections.of(ref) !== undefined) {
      // It was being dialled again when we went: the older channel.
      this.#attempt('a channel', () => this.#ari.delete(`/channels/${id}`));
      return;
    }
    const leg = expected.find((one) => one.tenant === ref.tenant && one.leg === ref.leg);
    const { call = '', number = '', line = incoming?.line } = leg ?? {};
    const ours = { ...ref, call, number, ...(line === undefined ? {} : { line }) };
    const made = incoming === undefined ? { order: { ...ours, ...shownOn(channel) } } : { incoming };
    const connection = this.#connections.add({ ...ours, ...made, channel: id, attempt: own?.attempt ?? 1, state });
    // By its hold key, as far as we know: with that it is retrieved.
    if (leg?.state === 'held') connection.heldThere = ref.leg;
    if (incoming !== undefined)
      this.#attempt('the transfers of a phone', () =>
        this.#media.quietly(connection, () => this.#ari.set(id, TRANSFERS_TELL)),
      );
  }

  #takeUpShared({ tenant, leg, shares, state }: ExpectedLeg): void {
    if (shares === undefined || this.#connections.of({ tenant, leg }) !== undefined) return;
    const connection = this.#connections.of({ tenant, leg: shares });
    if (connection === undefined) return;
    this.#connections.carry(connection, leg);
    if (state !== 'held') connection.heldThere = undefined;
  }

  #share({ tenant, leg }: LegRef, shares: string): void {
    const connection = this.#connections.of({ tenant, leg: shares });
    if (connection === undefined) this.#report({ kind: 'ended', tenant, leg });
    else this.#connections.carry(connection, leg);
  }

  #failed(connection: Connection, cause: Failure): void {
    if (cause === 'unreachable' && connection.line !== undefined) this.#phones.missed(connection.line);
    if (connection.isAnswered) this.#ended(connection);
    else for (const ref of this.#forget(connection)) this.#report({ kind: 'failed', cause, ...ref });
  }

  #ended(connection: Connection): void {
    for (const ref of this.#forget(connection)) this.#report({ kind: 'ended', ...ref });
  }

  #forget(connection: Connection): readonly LegRef[] {
    const legs = this.#connections.remove(connection);
    for (const { leg } of legs) this.#attempt('what it left', () => this.#media.left(connection, leg));
    this.#dialling.goOn(connection);
    return legs;
  }

  #report(event: SwitchEvent): void {
    if (!this.#closed) void this.#listener?.event(event);
  }

  /** What no order waits for. While the link is broken nothing helps; the resync makes up for it. */
  #attempt(what: string, work: () => Promise<unknown>): void {
    work().catch((problem: unknown) => {
      if (this.#link.isUp) this.#options.logger.error({ err: problem }, `Asterisk: ${what}`);
    });
  }

  #needsLink(): void {
    if (!this.#link.isUp) throw new LedgerlineError('unavailable', 'Asterisk cannot be reached');
  }
}

function liveLegs({ tenant, legs, incoming, state }: Connection, held: ReadonlySet<string>): readonly LiveLeg[] {
  return [...legs].map((leg) => ({
    tenant,
    leg,
    state: state === 'waiting' ? 'dialing' : state,
    held: held.has(leg),
    ...(incoming === undefined ? {} : { incoming }),
  }));
}
