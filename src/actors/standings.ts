/**
 * Where each actor stands, as far as this process knows: acknowledged states, of which a bounded number is kept, and above
 * them those that are decided and not acknowledged yet. An actor nobody kept is loaded from the log. Who has ended, as nearly
 * every call has, is kept for a while only, for what comes late: a busy day's calls would take all the room, a GB of it.
 */
import { LRUCache } from 'lru-cache';
import { type ActorId, type ActorKey, keyOf } from '../model/actor-id.ts';
import { hasEnded } from '../model/actor-kind.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { loadStanding, loadUnheardOf, type Sources } from './load.ts';
import { stateOf, stateValueOf } from './step.ts';
import type { Standing } from './turn.ts';

/** Calls that ended in the last minutes, of a very busy centre; each some 4 KB. */
const ENDED_MAX = 4_096;

export class Standings {
  readonly #sources: Sources;
  readonly #living: LRUCache<ActorKey, Standing>;
  readonly #ended: LRUCache<ActorKey, Standing>;
  /** Newest per actor. */
  readonly #speculative = new Map<ActorKey, Standing>();
  readonly #loading = new Map<ActorKey, Promise<void>>();
  readonly #contested = new Set<ActorKey>();
  /** Position of the newest state that the caches dropped: whoever reads without asking the log must have seen that far. */
  #dropped: Position = LOG_START;

  constructor(sources: Sources, cachedActorsMax: number) {
    this.#sources = sources;
    const cache = (maxSize: number) =>
      // A size grows with what is cached; `max` would take the room for all of it at once.
      new LRUCache<ActorKey, Standing>({
        maxSize,
        sizeCalculation: () => 1,
        dispose: ({ position }, _, reason) => {
          if (reason === 'evict') this.#dropped = Math.max(this.#dropped, position ?? LOG_START);
        },
      });
    this.#living = cache(cachedActorsMax);
    this.#ended = cache(Math.min(cachedActorsMax, ENDED_MAX));
  }

  get cached(): number {
    return this.#living.size + this.#ended.size;
  }

  /** The newest, acknowledged or not; undefined for an actor that must be loaded first. */
  of(key: ActorKey): Standing | undefined {
    return this.#speculative.get(key) ?? this.#living.get(key) ?? this.#ended.get(key);
  }

  /** Several who miss an actor at the same moment share one reading. Throws as `loadStanding` does. */
  load(actor: ActorId): Promise<void> {
    const key = keyOf(actor);
    const loading = this.#loading.get(key) ?? this.#read(actor, key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  speculate(standing: Standing): void {
    this.#speculative.set(standing.key, standing);
  }

  acknowledge(standing: Standing): void {
    const { key } = standing;
    if (this.#speculative.get(key) === standing) this.#speculative.delete(key);
    this.#keep(standing);
  }

  /** Nothing that was decided came to be. */
  forgetSpeculations(): void {
    this.#speculative.clear();
  }

  /** Somebody else may have written it: the log itself is asked next. */
  forget(key: ActorKey): void {
    this.#drop(key);
    this.#contested.add(key);
  }

  /** Another writer's record makes our copy of that actor stale. */
  observe({ actor, position }: LoggedTransition): void {
    const key = keyOf(actor);
    const known = (this.#living.peek(key) ?? this.#ended.peek(key))?.position;
    if (known !== undefined && position > known && !this.#speculative.has(key)) this.#drop(key);
  }

  #keep(standing: Standing): void {
    const { key, kind, live } = standing;
    const ended = hasEnded(kind, { to: stateValueOf(live), state: stateOf(live) });
    const [cache, other] = ended ? [this.#ended, this.#living] : [this.#living, this.#ended];
    other.delete(key);
    cache.set(key, standing);
  }

  #drop(key: ActorKey): void {
    this.#living.delete(key);
    this.#ended.delete(key);
  }

  async #read(actor: ActorId, key: ActorKey): Promise<void> {
    const standing = await (this.#contested.delete(key)
      ? loadStanding(actor, this.#sources)
      : loadUnheardOf(actor, this.#sources, this.#dropped));
    // While it was read, a turn of another command may have moved the actor on.
    if (this.of(key) === undefined) this.#keep(standing);
  }
}
