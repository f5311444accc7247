/**
 * Port of the places a nats-server can be fetched from, and how its progress is told.
 */

export interface DownloadSource {
  /** How messages call it. */
  readonly name: string;
  /** Name of its folder in the cache. Differs between versions, platforms and architectures. */
  readonly cachedAs: string;
  /**
   * Leaves an executable `nats-server` in `folder`, an empty one made for it. What else it leaves there is kept too.
   * Rejects with the reason in one sentence.
   */
  fetchInto(folder: string, progress: Progress): Promise<void>;
}

/** One download at a time. `total` is in units of `value`; undefined when nobody knows. */
export interface Progress {
  begin(what: string, total: number | undefined): void;
  reach(value: number): void;
  end(): void;
}
