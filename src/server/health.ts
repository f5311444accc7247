/**
 * Whether to send requests here. `/healthz`: yes or no, and where we stand. `/readyz`: every dependency by name, so that
 * a no can be understood. Neither needs credentials, neither tells more than names and states.
 */
import type { JsonObject } from '../model/json.ts';

export interface Dependency {
  readonly name: string;
  /** `detail` is shown to anybody: no addresses with credentials, no secrets. */
  state(): { readonly up: boolean; readonly detail?: string };
}

export interface HealthParts {
  readonly version: string;
  /** True once commands are taken and reads are complete; false again while draining. */
  ready(): boolean;
  /** Position of the live view. */
  position(): number;
  /** As bound: `http` in the order of the configuration, `nats` where an embedded server runs. */
  ports(): { readonly http: readonly number[]; readonly nats?: number };
  readonly dependencies: readonly Dependency[];
  /** For whom this process stands by, where he is known, and how many records behind the log it is; undefined for one that takes commands. */
  standby?(): { readonly of: string | undefined; readonly behind: number | undefined } | undefined;
}

export interface Health {
  readonly ok: boolean;
  readonly body: JsonObject;
}

/** Whoever stands by is well, though he takes no commands. */
export function healthOf({ version, ready, position, ports, standby }: HealthParts): Health {
  const standsBy = standby?.() !== undefined;
  const isReady = ready();
  const { http, nats } = ports();
  const bound = { http: [...http], ...(nats === undefined ? {} : { nats }) };
  const status = standsBy ? 'standby' : isReady ? 'ready' : 'not ready';
  return { ok: standsBy || isReady, body: { status, version, position: position(), ports: bound } };
}

export function readinessOf({ ready, position, dependencies, standby }: HealthParts): Health {
  const states = dependencies.map(({ name, state }) => {
    const { up, detail } = state();
    return { name, state: up ? 'up' : 'down', ...(detail === undefined ? {} : { detail }) };
  });
  const standing = standby?.();
  if (standing !== undefined) {
    const { of = null, behind = null } = standing;
    return { ok: false, body: { status: 'standby', of, position: position(), behind, dependencies: states } };
  }
  const ok = ready() && states.every(({ state }) => state === 'up');
  return { ok, body: { status: ok ? 'ready' : 'not ready', dependencies: states } };
}
