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
}

export interface Health {
  readonly ok: boolean;
  readonly body: JsonObject;
}

export function healthOf({ version, ready, position, ports }: HealthParts): Health {
  const ok = ready();
  const { http, nats } = ports();
  const bound = { http: [...http], ...(nats === undefined ? {} : { nats }) };
  return { ok, body: { status: ok ? 'ready' : 'not ready', version, position: position(), ports: bound } };
}

export function readinessOf({ ready, dependencies }: HealthParts): Health {
  const states = dependencies.map(({ name, state }) => {
    const { up, detail } = state();
    return { name, state: up ? 'up' : 'down', ...(detail === undefined ? {} : { detail }) };
  });
  const ok = ready() && states.every(({ state }) => state === 'up');
  return { ok, body: { status: ok ? 'ready' : 'not ready', dependencies: states } };
}
