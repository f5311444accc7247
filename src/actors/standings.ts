/**
 * Where each actor stands, as far as this process knows: acknowledged states, of which a bounded number is kept, and above
 * them those that are decided and not acknowledged yet. An actor nobody kept is loaded from the log.
 */
import { LRUCache } from 'lru-cache';
import { type ActorId, type ActorKey, keyOf } from '../model/actor-id.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { loadStanding, type Sources } from './load.ts';
import type { Standing } from './turn.ts';

export class Standings {
  readonly #sources: Sources;
  readonly #acknowledged: LRUCache<ActorKey, Standing>;
  /** Newest per actor. */
  readonly #speculative = new Map<ActorKey, Standing>();
  readonly #loading = new Map<ActorKey, Promise<void>>();

  constructor(sources: Sources, cachedActorsMax: number) {
    this.#sources = sources;
    // A size grows with what is cached; `max` would take the room for all of it at once.
    this.#acknowledged = new LRUCache({ maxSize: cachedActorsMax, sizeCalculation: () => 1 });
  }

  get cached(): number {
    return this.#acknowledged.size;
  }

  /** The newest, acknowledged or not; undefined for an actor that must be loaded first. */
  of(key: ActorKey): Standing | undefined {
    return this.#speculative.get(key) ?? this.#acknowledged.get(key);
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
    this.#acknowledged.set(key, standing);
  }

  /** Nothing that was decided came to be. */
  forgetSpeculations(): void {
    this.#speculative.clear();
  }

  forget(key: ActorKey): void {
    this.#acknowledged.delete(key);
  }

  /** Another writer's record makes our copy of that actor stale. */
  observe({ actor, position }: LoggedTransition): void {
    const key = keyOf(actor);
    const known = this.#acknowledged.peek(key)?.position;
    if (known !== undefined && position > known && !this.#speculative.has(key)) this.#acknowledged.delete(key);
  }

  async #read(actor: ActorId, key: ActorKey): Promise<void> {
    const standing = await loadStanding(actor, this.#sources);
    // While it was read, a turn of another command may have moved the actor on.
    if (!this.#speculative.has(key) && !this.#acknowledged.has(key)) this.#acknowledged.set(key, standing);
  }
}
