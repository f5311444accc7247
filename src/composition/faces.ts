/**
 * The faces of the centre that need nothing of their own below: the native API, GWS, CCS and XUC. (GMS brings its files
 * along: services.ts.) Composition only.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ManualClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createCcs } from '../dialects/ccs/routes.ts';
import { GWS_DEFAULTS, type GwsOptions } from '../dialects/gws/options.ts';
import { createGws } from '../dialects/gws/routes.ts';
import { createNative, type NativeParts } from '../dialects/native/routes.ts';
import { loadKerberos } from '../dialects/xuc/auth/kerberos.ts';
import type { XucParts } from '../dialects/xuc/parts.ts';
import { createXuc } from '../dialects/xuc/routes.ts';
import type { Dialect } from '../http/dialect.ts';
import type { Identity } from '../identity/identity.ts';
import { keptSecret } from '../identity/kept-secret.ts';
import type { PasswordHasher } from '../identity/password.ts';
import type { SharedValues } from '../log/shared-values.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { JsonObject } from '../model/json.ts';
import { drawnInAdvance } from '../model/random.ts';
import type { Runtime } from '../model/runtime.ts';
import type { Hands } from '../switch/simulated/hands.ts';

export interface FacesParts {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly kinds: ActorKinds;
  readonly identity: Identity;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly mintId: () => string;
  readonly hands: Hands | undefined;
  readonly consumers: Pick<NativeParts, 'webhooks' | 'outside'>;
  readonly shared: SharedValues | undefined;
  /** Whoever sits at this machine needs no token for the native API. */
  readonly openOnLoopback: () => boolean;
  readonly logger: Logger;
  readonly version: string;
  /** Resolves when everything that was set off is recorded. */
  readonly atRest: () => Promise<void>;
}

export interface Faces {
  readonly dialects: readonly Dialect[];
  readonly openapi: () => JsonObject;
}

/** Throws `badConfiguration` for what is configured and cannot be used. */
export async function openFaces(parts: FacesParts): Promise<Faces> {
  // First: what else is made here would have to be stopped again if this is configured wrongly.
  const xuc = await xucParts(parts);
  const { config, runtime, identity, hasher, clock, mintId, hands, consumers, openOnLoopback, version, atRest } = parts;
  const random = drawnInAdvance(randomBytes);
  const native = createNative({
    runtime,
    kinds: parts.kinds,
    identity,
    hasher,
    random,
    mintId,
    openOnLoopback,
    ...(hands === undefined ? {} : { hands }),
    ...consumers,
    ...(clock instanceof ManualClock ? { advanceClock: advanceOf(clock, atRest) } : {}),
    version,
  });
  const dialects = [
    native,
    createGws({ runtime, identity, hasher, clock, random, mintId, options: gwsOptions(config) }),
    createCcs({ runtime, identity, clock, mintId }),
    createXuc(xuc),
  ];
  return { dialects, openapi: native.openapi };
}

async function xucParts(parts: FacesParts): Promise<XucParts> {
  const { config, runtime, identity, clock, mintId, logger } = parts;
  const { casUrl, oidc, eventUrl, kerberosService, deprecatedApiHosts } = config;
  return {
    runtime,
    identity,
    clock,
    mintId,
    logger,
    jwtSecret: config.jwtSecret ?? (await keptSecret(join(config.dataDir, 'jwt-secret'), randomBytes)),
    tokenLifetimeS: config.jwtLifetimeS,
    deprecatedApiHosts,
    ...(kerberosService === undefined ? {} : { sso: await loadKerberos(kerberosService) }),
    ...(casUrl === undefined ? {} : { casUrl }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(eventUrl === undefined ? {} : { webhook: webhookOf(parts, eventUrl) }),
  };
}

function webhookOf({ config, shared }: FacesParts, url: string): NonNullable<XucParts['webhook']> {
  const cursorFile = join(config.dataDir, 'xuc-webhook.json');
  const { eventsForgotten, eventKind: kind } = config;
  if (eventsForgotten) return { url, kind };
  return { url, kind, cursorFile, ...(shared === undefined ? {} : { shared: shared.at('xuc-webhook') }) };
}

function gwsOptions({ uriBase, ...config }: Config): GwsOptions {
  return {
    ...GWS_DEFAULTS,
    ...(uriBase === undefined ? {} : { uriBase }),
    profile: config.gwsProfile,
    callForm: config.gwsCallForm,
    version: config.gwsVersion,
    authFailureHttp: config.gwsAuthFailure,
    csrfProtection: config.gwsCsrf,
    crossOrigin: { ...GWS_DEFAULTS.crossOrigin, allowedOrigins: config.gwsOrigins },
  };
}

/** Advances the clock; the new now, once everything that fell due is recorded. */
function advanceOf(clock: ManualClock, atRest: () => Promise<void>): (ms: number) => Promise<number> {
  return async (ms) => {
    await clock.advance(ms, atRest);
    return clock.now();
  };
}
