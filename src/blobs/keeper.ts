/**
 * Keeps blobs as long as somebody refers to them. An upload is pinned until its command is answered; a follower of the log
 * removes what the last reference let go of; what earlier runs left behind is swept at the start. A crash between a
 * record and a removal leaves an orphan for the next sweep, never a reference to nothing.
 */
import type { BlobStore } from '../log/blob-store.ts';
import { patiently } from '../log/patience.ts';
import type { View } from '../model/projection.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { InTurn } from '../model/turns.ts';

/** The blobs that one actor refers to. */
export interface Owner {
  readonly key: string;
  readonly digests: readonly string[];
}

/** Who refers to blobs, as the kinds that have files know it. */
export interface BlobReferences {
  isKept(view: View, digest: string): boolean;
  /** Everybody who refers to one. */
  owners(view: View): readonly Owner[];
  /** Whose record it is, with all he refers to now; undefined for kinds that have no files. */
  ownerAfter(record: LoggedTransition): Owner | undefined;
}

export interface KeeperOptions {
  readonly store: BlobStore;
  readonly runtime: Runtime;
  readonly references: BlobReferences;
  /** A blob that could not be removed stays until the next sweep. */
  readonly failed: (digest: string, error: unknown) => void;
}

export interface PinnedBlob {
  readonly digest: string;
  readonly bytes: number;
  /**
   * `unused`: nothing refers to it on account of this upload, so it goes unless others do. `used`: a record refers to it,
   * or nobody knows (the outcome was lost): it stays.
   */
  release(fate: 'used' | 'unused'): void;
}

export class BlobKeeper {
  readonly #options: KeeperOptions;
  readonly #pins = new Map<string, number>();
  readonly #owned = new Map<string, readonly string[]>();
  #following: Following | undefined;
  #stopped = false;
  /** Keeping and removing take turns: no upload may count on a blob that is being removed. */
  readonly #turns = new InTurn();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /**
   * Sweeps, then follows; resolves with the number of orphans removed. Call before anything is uploaded. `progress` is
   * told after each blob that was looked at.
   */
  async start(progress: (done: number, total: number) => void = () => undefined): Promise<number> {
    const { store, runtime, references } = this.#options;
    const after = runtime.live.position;
    for (const { key, digests } of references.owners(runtime.live)) this.#owned.set(key, digests);
    let removed = await patiently('the store of files', () => store.clearUnfinished());
    const digests = await patiently('the store of files', () => store.list());
    for (const [index, digest] of digests.entries()) {
      if (await this.#removeUnlessKept(digest)) removed += 1;
      progress(index + 1, digests.length);
    }
    this.#following = runtime.follow({
      after,
      only: (record) => references.ownerAfter(record) !== undefined,
      deliver: (records) => this.#follow(records),
    });
    return removed;
  }

  /** Stores a file and pins it. Throws as the store does, and whatever the source throws. */
  async put(source: AsyncIterable<Uint8Array>): Promise<PinnedBlob> {
    const received = await this.#options.store.receive(source);
    const { digest, bytes } = received;
    await this.#turns.run(async () => {
      await received.keep();
      this.#pins.set(digest, (this.#pins.get(digest) ?? 0) + 1);
    });
    return { digest, bytes, release: (fate) => this.#release(digest, fate) };
  }

  get(digest: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#options.store.get(digest);
  }

  /** Resolves when the removals begun so far are done. */
  async atRest(): Promise<void> {
    await this.#turns.idle();
  }

  /** Removes nothing more; what is due is left to the next sweep. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#following?.stop();
    await this.#turns.idle();
  }

  #release(digest: string, fate: 'used' | 'unused'): void {
    const left = (this.#pins.get(digest) ?? 1) - 1;
    if (left > 0) this.#pins.set(digest, left);
    else this.#pins.delete(digest);
    if (fate === 'unused') void this.#removeUnlessKept(digest);
  }

  async #follow(records: readonly LoggedTransition[]): Promise<void> {
    const { references } = this.#options;
    for (const record of records) {
      const owner = references.ownerAfter(record);
      if (owner === undefined) continue;
      const { key, digests } = owner;
      const before = this.#owned.get(key) ?? [];
      if (digests.length > 0) this.#owned.set(key, digests);
      else this.#owned.delete(key);
      for (const digest of before) if (!digests.includes(digest)) await this.#removeUnlessKept(digest);
    }
  }

  #removeUnlessKept(digest: string): Promise<boolean> {
    const { store, runtime, references, failed } = this.#options;
    return this.#turns.run(async () => {
      if (this.#stopped || this.#pins.has(digest) || references.isKept(runtime.live, digest)) return false;
      try {
        await store.remove(digest);
        return true;
      } catch (error) {
        failed(digest, error);
        return false;
      }
    });
  }
}
