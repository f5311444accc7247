/**
 * All webhooks of the installation, as the directory has them now: registered ones are at work, changed ones go on where
 * they were under their new settings, removed ones are gone with their place.
 */
import { type DirectoryEntry, secretEntriesOf, secretEntry } from '../../../projections/directory.ts';
import { type ActorId, INSTALLATION, keyOf } from '../../model/actor-id.ts';
import type { Position } from '../../model/position.ts';
import type { View } from '../../model/projection.ts';
import type { Following } from '../../model/runtime.ts';
import { Lanes } from '../../model/turns.ts';
import { tenantNames } from '../../projector/heads.ts';
import { Endpoint, type EndpointParts, type EndpointSettings } from './endpoint.ts';
import type { PlaceKeeper } from './place.ts';

export const WEBHOOK_KIND = 'webhook';

export interface WebhooksParts extends Omit<EndpointParts, 'keeper' | 'report'> {
  readonly keeperOf: (tenant: string, id: string) => PlaceKeeper;
  readonly report: (endpoint: ActorId, what: string, problem: unknown) => void;
}

/** Of one tenant: each follows the log. */
export const WEBHOOKS_MAX = 100;

export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #endpoints = new Map<string, Endpoint>();
  #following: Following | undefined;
  /** Of one endpoint, changes are taken one after the other. */
  readonly #turns = new Lanes();

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { live } = this.#parts.runtime;
    this.#following = this.#parts.runtime.follow({
      after: live.position,
      only: ({ actor }) => actor.kind === WEBHOOK_KIND,
      deliver: (records) => {
        for (const { actor } of records) void this.#renewed(actor);
      },
    });
    this.#following.ended.catch(() => undefined);
    await Promise.all(registered(live).map(({ actor }) => this.#renewed(actor)));
  }

  /** Why no webhook may have this URL, as far as it tells by itself: what a name resolves to is seen when it is told something. */
  refusal(url: string): string | undefined {
    return this.#parts.poster.refusal(url);
  }

  /** All at work, of every tenant. */
  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  /** The endpoint at work; undefined when there is none. Waits for changes under way. */
  async find(tenant: string, id: string): Promise<Endpoint | undefined> {
    const key = keyOf({ tenant, kind: WEBHOOK_KIND, id });
    await this.#turns.idle(key);
    return this.#endpoints.get(key);
  }

  /** Sends what is after `after` again; resolves when that has begun. False when there is no such endpoint. */
  async redeliver(tenant: string, id: string, after: Position): Promise<boolean> {
    const actor = { tenant, kind: WEBHOOK_KIND, id };
    let found = false;
    await this.#inTurn(actor, async () => {
      const endpoint = this.#endpoints.get(keyOf(actor));
      found = endpoint !== undefined;
      await endpoint?.redeliver(after);
    });
    return found;
  }

  async stop(): Promise<void> {
    this.#following?.stop();
    await this.#turns.idle();
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.stop()));
    this.#parts.poster.close();
  }

  #inTurn(actor: ActorId, act: () => Promise<void>): Promise<void> {
    return this.#turns
      .run(keyOf(actor), act)
      .catch((error: unknown) => this.#parts.report(actor, 'cannot be renewed', error));
  }

  #renewed(actor: ActorId): Promise<void> {
    return this.#inTurn(actor, () => this.#renew(actor));
  }

  async #renew(actor: ActorId): Promise<void> {
    const { keeperOf, report, runtime, ...parts } = this.#parts;
    const key = keyOf(actor);
    await this.#endpoints.get(key)?.stop();
    this.#endpoints.delete(key);
    const keeper = keeperOf(actor.tenant, actor.id);
    const kept = await keeper.read();
    // Nothing is awaited from here on, so no change is missed: a later one is heard as a change of its own.
    const entry = secretEntry(runtime.live, { ...actor, kind: WEBHOOK_KIND });
    if (entry === undefined) return keeper.forget();
    const endpoint = new Endpoint(settingsOf(entry), {
      ...parts,
      runtime,
      keeper,
      report: (what, problem) => report(actor, what, problem),
    });
    this.#endpoints.set(key, endpoint);
    endpoint.start(kept);
  }
}

function registered(view: View): readonly DirectoryEntry<'webhook'>[] {
  return tenantNames(view).flatMap((tenant) =>
    secretEntriesOf(view, { tenant, kind: WEBHOOK_KIND, limit: Number.MAX_SAFE_INTEGER }),
  );
}

/** A webhook of the installation is told of every tenant. */
function settingsOf({ actor, attributes, created }: DirectoryEntry<'webhook'>): EndpointSettings {
  const { url, secrets, types = [], kinds = [], ids = [], enabled = true } = attributes;
  const filter = { kinds: new Set(kinds), ids: new Set(ids), types: new Set(types) };
  return {
    tenant: actor.tenant,
    id: actor.id,
    url,
    secrets,
    filter: actor.tenant === INSTALLATION ? filter : { ...filter, tenant: actor.tenant },
    enabled,
    created,
  };
}
