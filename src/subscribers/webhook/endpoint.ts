/**
 * One webhook at work: follows the log from its own place, delivers at least once and in order per actor, tries again ever
 * more seldom, and gives a record up after its last try (a dead letter). When the receiver is down it is asked with one
 * message at a time, and the log keeps the rest: an endpoint costs a bounded amount however slow it is, and nobody else waits.
 */
import type { Clock } from '../../model/clock.ts';
import type { Position } from '../../model/position.ts';
import type { Following, Runtime } from '../../model/runtime.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import { type EventFilter, isWanted } from '../event-filter.ts';
import { textOf } from '../record-text.ts';
import { AttemptLog } from './attempt-log.ts';
import { Lanes, type Parcel } from './lanes.ts';
import { type Attempt, DEAD_MAX, type DeadLetter, type KeptPlace, type PlaceKeeper } from './place.ts';
import type { Posted, Poster } from './poster.ts';
import { type SignedMessage, signerOf } from './signature.ts';

/** Type of the event that tries a webhook out; no record has it. */
export const WEBHOOK_TEST = 'ledgerline.webhook.test';

export interface EndpointSettings {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly filter: EventFilter;
  readonly enabled: boolean;
  /** Position at which it was registered: what it is told begins there. */
  readonly created: Position;
}

export interface EndpointState {
  /** Everything up to here was taken or given up. */
  readonly position: Position;
  /** Read from the log and not done. */
  readonly waiting: number;
  /** Failed attempts since the last one that did not. */
  readonly failures: number;
  readonly dead: readonly DeadLetter[];
  /** The newest attempts, oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface EndpointParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly poster: Poster;
  readonly keeper: PlaceKeeper;
  /** Told what an operator should know. */
  readonly report: (what: string, problem: unknown) => void;
}

/** Pauses before the second try of a record, the third, … After the last one it is given up: some two hours. */
export const BACK_OFF_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/** After so many failures in a row the receiver counts as down. */
const DOWN_AFTER = 4;
const PROBE_MS = { first: 1_000, most: 60_000 };
const IN_FLIGHT_MAX = 32;
/** Records that wait in memory: for one who takes them, and for one of whom nobody knows when he will. */
const WAITING_MAX = { up: 2_000, down: 100 };
const SAVE_EVERY_MS = 200;

export class Endpoint {
  readonly settings: EndpointSettings;
  readonly #parts: EndpointParts;
  readonly #sign: (message: SignedMessage) => string;
  #lanes = new Lanes();
  #following: Following | undefined;
  /** Resumes the follower that waits for room. */
  #room: (() => void) | undefined;
  readonly #wakes = new Set<() => void>();
  #inFlight = 0;
  #landed: (() => void) | undefined;
  #failures = 0;
  #pausedUntil = 0;
  #closed = false;
  #from: Position = 0;
  #dead: DeadLetter[] = [];
  readonly #attempts: AttemptLog;
  #saving: NodeJS.Timeout | undefined;
  #saved: Promise<void> = Promise.resolve();

  constructor(settings: EndpointSettings, parts: EndpointParts) {
    this.settings = settings;
    this.#parts = parts;
    this.#sign = signerOf(settings.secrets);
    this.#attempts = new AttemptLog(parts.keeper.writeAttempts, (error) =>
      parts.report('cannot keep its delivery log', error),
    );
  }

  get state(): EndpointState {
    return {
      position: this.#reached,
      waiting: this.#lanes.size,
      failures: this.#failures,
      dead: this.#dead,
      attempts: this.#attempts.newest,
    };
  }

  /** Goes on where it was; a new one begins with what was recorded after it. One that is not enabled stays there. */
  start({ place, attempts = [] }: KeptPlace): void {
    this.#attempts.open(attempts);
    this.#dead = [...(place?.dead ?? [])];
    const position = place?.position ?? this.settings.created;
    // A place the log has not reached is that of another log.
    this.#follow(Math.min(position, this.#parts.runtime.live.position));
  }

  /** Sends what is after `position` again, in order; what is on its way is waited for. Dead letters from there on live again. */
  async redeliver(position: Position): Promise<void> {
    await this.#halt();
    this.#closed = false;
    this.#lanes = new Lanes();
    this.#failures = 0;
    this.#pausedUntil = 0;
    this.#dead = this.#dead.filter((letter) => letter.position <= position);
    this.#follow(Math.min(position, this.#from));
    await this.#save();
  }

  /** Sends one message that is no record. */
  async test(id: string): Promise<Posted> {
    const now = this.#parts.clock.now();
    const type = WEBHOOK_TEST;
    const event = {
      specversion: '1.0',
      id,
      source: `/tenants/${this.settings.tenant}/webhooks/${encodeURIComponent(this.settings.id)}`,
      type,
      time: new Date(now).toISOString(),
      datacontenttype: 'application/json',
      data: {},
    };
    const outcome = await this.#post(id, JSON.stringify(event));
    this.#attempts.note({ at: now, id, type, position: null, attempt: 1, outcome });
    return outcome;
  }

  /** Sends nothing more; resolves when what is on its way has arrived or failed and the place is kept. */
  async stop(): Promise<void> {
    await this.#halt();
    await this.#save();
    await this.#attempts.close();
  }

  get #reached(): Position {
    const { oldest } = this.#lanes;
    return oldest === undefined ? (this.#following?.position ?? this.#from) : oldest - 1;
  }

  get #isDown(): boolean {
    return this.#failures >= DOWN_AFTER;
  }

  get #waitingMax(): number {
    return this.#isDown ? WAITING_MAX.down : WAITING_MAX.up;
  }

  #follow(after: Position): void {
    this.#from = after;
    if (!this.settings.enabled) return;
    const { runtime, report } = this.#parts;
    this.#following = runtime.follow({
      after,
      only: (record) => isWanted(record, this.settings.filter),
      deliver: (records) => this.#deliver(records),
    });
    this.#following.ended.catch((error: unknown) => report('follows the log no more', error));
  }

  async #halt(): Promise<void> {
    this.#closed = true;
    this.#following?.stop();
    this.#room?.();
    for (const forget of this.#wakes) forget();
    this.#wakes.clear();
    if (this.#inFlight > 0)
      await new Promise<void>((resolve) => {
        this.#landed = resolve;
      });
    this.#from = this.#reached;
    this.#following = undefined;
  }

  #deliver(records: readonly LoggedTransition[]): void | Promise<void> {
    for (const record of records) {
      const { tenant, kind, id } = record.actor;
      this.#lanes.put(`${tenant}/${kind}/${id}`, record);
    }
    this.#pump();
    if (this.#lanes.size < this.#waitingMax || this.#closed) return;
    return new Promise((resolve) => {
      this.#room = () => {
        this.#room = undefined;
        resolve();
      };
    });
  }

  #pump(): void {
    const most = this.#isDown ? 1 : IN_FLIGHT_MAX;
    while (!this.#closed && this.#inFlight < most && this.#parts.clock.now() >= this.#pausedUntil) {
      const parcel = this.#lanes.next();
      if (parcel === undefined) break;
      this.#inFlight += 1;
      void this.#attempt(parcel);
    }
    if (this.#lanes.size < this.#waitingMax / 2) this.#room?.();
    this.#saving ??= setTimeout(() => void this.#save(), SAVE_EVERY_MS).unref();
  }

  async #attempt(parcel: Parcel): Promise<void> {
    const { record } = parcel;
    const { id, type } = record.transition;
    const at = this.#parts.clock.now();
    const outcome = await this.#post(id, textOf(record), record.position);
    parcel.tries += 1;
    this.#attempts.note({ at, id, type, position: record.position, attempt: parcel.tries, outcome });
    this.#inFlight -= 1;
    if (outcome.kind === 'taken') {
      this.#failures = 0;
      this.#pausedUntil = 0;
      this.#lanes.done(parcel);
    } else {
      this.#failed(parcel, outcome.reason);
    }
    if (this.#inFlight === 0) this.#landed?.();
    this.#pump();
  }

  #failed(parcel: Parcel, reason: string): void {
    const { clock, report } = this.#parts;
    const now = clock.now();
    this.#failures += 1;
    if (this.#failures === DOWN_AFTER) report('takes nothing: trying again, ever more seldom', reason);
    if (this.#isDown) {
      const pauseMs = Math.min(PROBE_MS.first * 2 ** (this.#failures - DOWN_AFTER), PROBE_MS.most);
      this.#pausedUntil = now + pauseMs;
      this.#wakeAt(this.#pausedUntil, () => this.#pump());
    }
    const waitMs = BACK_OFF_MS[parcel.tries - 1];
    if (waitMs === undefined) this.#giveUp(parcel, reason);
    else this.#wakeAt(now + waitMs, () => this.#again(parcel));
  }

  #again(parcel: Parcel): void {
    this.#lanes.again(parcel);
    this.#pump();
  }

  #giveUp(parcel: Parcel, reason: string): void {
    const { position, transition } = parcel.record;
    const { id, type } = transition;
    this.#dead = [...this.#dead, { position, id, type, at: this.#parts.clock.now(), reason }].slice(-DEAD_MAX);
    this.#parts.report(`did not take ${id}: given up`, reason);
    this.#lanes.done(parcel);
  }

  #post(id: string, body: string, position?: Position): Promise<Posted> {
    const { url } = this.settings;
    const timestamp = Math.floor(this.#parts.clock.now() / 1000);
    return this.#parts.poster.post({
      url,
      body,
      headers: {
        'Content-Type': 'application/cloudevents+json; charset=utf-8',
        'User-Agent': 'Ledgerline',
        'webhook-id': id,
        'webhook-timestamp': `${timestamp}`,
        'webhook-signature': this.#sign({ id, timestamp, body }),
        ...(position === undefined ? {} : { 'ledgerline-position': `${position}` }),
      },
    });
  }

  /** Not once it is halted: what was on its way then is read from the log anew, or after the next start. */
  #wakeAt(at: number, act: () => void): void {
    if (this.#closed) return;
    const forget = this.#parts.clock.at(at, () => {
      this.#wakes.delete(forget);
      act();
    });
    this.#wakes.add(forget);
  }

  /** A place that could not be kept costs repetition only. */
  #save(): Promise<void> {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const place = { position: this.#reached, dead: this.#dead };
    this.#saved = this.#saved
      .then(() => this.#parts.keeper.writePlace(place))
      .catch((error: unknown) => this.#parts.report('cannot keep its place', error));
    return this.#saved;
  }
}
