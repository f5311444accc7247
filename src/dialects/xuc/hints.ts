/**
 * Phone hints: the state of the telephone behind an internal number, in this dialect's numbers (contract 2.3). Read from a
 * view; for the live one what was asked for is remembered, and whoever listens is told when it becomes another.
 */
import { LRUCache } from 'lru-cache';
import type { Leg } from '../../../machines/call/context.ts';
import { phonesOf } from '../../../machines/call/legs.ts';
import { agent } from '../../../projections/agents.ts';
import { callsOfLine } from '../../../projections/calls.ts';
import { entry } from '../../../projections/directory.ts';
import type { View } from '../../model/projection.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import { extensionByNumber, type Found } from './people.ts';

const HINT = {
  onHold: 16,
  busyAndRinging: 9,
  ringing: 8,
  unavailable: 4,
  busy: 2,
  calling: 1,
  available: 0,
  unexisting: -2,
} as const;
export type Hint = (typeof HINT)[keyof typeof HINT];

export type HintListener = (tenant: string, number: string, status: Hint) => void;

const UNEXISTING_MAX = 100_000;

/** As the view has it. */
export function hintAt(view: View, tenant: string, number: string): Hint {
  const extension = telephoneAt(view, tenant, number);
  return extension === undefined ? HINT.unexisting : hintOf(view, extension);
}

function telephoneAt(view: View, tenant: string, number: string): Found<'extension'> | undefined {
  return number === '' ? undefined : extensionByNumber(view, tenant, number);
}

function hintOf(view: View, { actor: { tenant }, attributes: { number, user } }: Found<'extension'>): Hint {
  const legs = callsOfLine(view, tenant, number).flatMap(({ context }) =>
    phonesOf(context).filter((leg) => leg.line === number),
  );
  return hintOfLegs(legs) ?? (isReachable(view, tenant, user, number) ? HINT.available : HINT.unavailable);
}

/** Undefined for a telephone that has nothing to do. */
function hintOfLegs(legs: readonly Leg[]): Hint | undefined {
  const has = (state: Leg['state']) => legs.some((leg) => leg.state === state);
  if (has('established')) return has('ringing') ? HINT.busyAndRinging : HINT.busy;
  if (has('held')) return HINT.onHold;
  if (legs.some(({ kind, state }) => kind === 'caller' && state === 'dialing')) return HINT.calling;
  return has('ringing') ? HINT.ringing : undefined;
}

function isReachable(view: View, tenant: string, user: string | undefined, number: string): boolean {
  const owner = user === undefined ? undefined : entry(view, { tenant, kind: 'user', id: user });
  const id = owner?.attributes.agent;
  const known = typeof id === 'string' ? agent(view, tenant, id) : undefined;
  return known === undefined || known.line !== number || known.phone !== 'unavailable';
}

export class PhoneHints {
  readonly #live: View;
  /** `<tenant>/<number>` -> what was last told, of telephones that were asked for or came since. */
  readonly #known = new Map<string, Hint>();
  /** `<tenant>/<extension>` -> its number, of the same. */
  readonly #numbers = new Map<string, string>();
  /** Numbers that no telephone has. Most contacts are of elsewhere, and there may be any number of them. */
  readonly #unexisting = new LRUCache<string, true>({ max: UNEXISTING_MAX });
  readonly #changes = new Map<string, number>();
  readonly #listeners = new Set<HintListener>();

  constructor(live: View) {
    this.#live = live;
  }

  /** Live. From now on listeners hear of this number. */
  statusOf(tenant: string, number: string): Hint {
    const key = `${tenant}/${number}`;
    if (this.#unexisting.get(key) === true) return HINT.unexisting;
    return this.#known.get(key) ?? this.#read(tenant, number);
  }

  /** Rises whenever a hint of the tenant that was asked for becomes another. */
  changesIn(tenant: string): number {
    return this.#changes.get(tenant) ?? 0;
  }

  listen(listener: HintListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A record that was projected. */
  observe({ actor: { kind, tenant, id }, transition }: LoggedTransition): void {
    const { context } = transition.data.state;
    if (kind === 'call')
      for (const { line } of [...rows(context.legs), ...rows(context.monitors)]) this.#recheck(tenant, line);
    if (kind === 'agent') this.#recheck(tenant, row(context.phone).line);
    if (kind === 'extension') this.#rechecked(tenant, id, row(context.attributes).number);
  }

  /** The telephone may have come, gone, or moved to another number. */
  #rechecked(tenant: string, extension: string, number: unknown): void {
    const key = `${tenant}/${extension}`;
    const before = this.#numbers.get(key);
    this.#numbers.delete(key);
    if (before !== number) this.#recheck(tenant, before);
    this.#recheck(tenant, number, HINT.unexisting);
  }

  /** Of one that nobody asked for nothing is told, unless it is said what it was. */
  #recheck(tenant: string, number: unknown, unasked?: Hint): void {
    if (typeof number !== 'string') return;
    const before = this.#known.get(`${tenant}/${number}`) ?? unasked;
    if (before === undefined) return;
    const status = this.#read(tenant, number);
    if (status === before) return;
    this.#changes.set(tenant, this.changesIn(tenant) + 1);
    for (const listener of this.#listeners) listener(tenant, number, status);
  }

  #read(tenant: string, number: string): Hint {
    const key = `${tenant}/${number}`;
    const extension = telephoneAt(this.#live, tenant, number);
    if (extension === undefined) {
      this.#known.delete(key);
      this.#unexisting.set(key, true);
      return HINT.unexisting;
    }
    const status = hintOf(this.#live, extension);
    this.#unexisting.delete(key);
    this.#known.set(key, status);
    this.#numbers.set(`${tenant}/${extension.actor.id}`, number);
    return status;
  }
}

function row(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function rows(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(row) : [];
}
