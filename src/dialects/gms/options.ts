/**
 * What a service does, from its configuration and the request. The configuration wins over the request's parameters,
 * but for those it lists as overwritable; what neither says has a default. Values that cannot be used count as unsaid.
 */
import type { ServiceConfiguration } from '../../../machines/record/attributes/services.ts';
import { entriesBy } from '../../../projections/directory.ts';
import type { View } from '../../model/projection.ts';

const BUILTINS = [
  'request-interaction',
  'app-to-connect-basic',
  'match-interaction',
  'request-access',
  'request-chat',
] as const;
/** `ors`: a session that the house only keeps data for. */
export type ServiceWord = (typeof BUILTINS)[number] | 'ors';

export interface ServiceOptions {
  readonly name: string;
  readonly service: ServiceWord;
  readonly ttlSeconds: number;
  readonly provideCode: boolean;
  readonly resourceGroup: string;
  readonly accessCodeLength: number;
  readonly bookingSeconds: number | undefined;
  readonly returnUserData: boolean;
  readonly returnPoolHealth: boolean;
  readonly needsReadyAgent: boolean;
  readonly verbose: boolean;
}

type Parameters = ReadonlyMap<string, string>;

const TTL_SECONDS = 30;
const TTL_SECONDS_MAX = 31_536_000;
/** The printed codes: `7684` of request-interaction, six digits of request-access. */
const CODE_LENGTH = 4;
const CODE_LENGTH_OF_ACCESS = 6;

/** The service of that name; undefined when none is configured, or it does what nobody knows. */
export function optionsOf(
  view: View,
  tenant: string,
  name: string,
  parameters: Parameters,
): ServiceOptions | undefined {
  const [found] = entriesBy(view, { kind: 'service-configuration', key: 'name', value: name, tenant });
  if (found === undefined) return undefined;
  const configured = found.attributes;
  const service = wordOf(configured);
  return service === undefined ? undefined : resolved(configured, service, parameters);
}

function wordOf({ type, service, name }: ServiceConfiguration): ServiceWord | undefined {
  return type === 'ors' ? 'ors' : BUILTINS.find((word) => word === (service ?? name));
}

function resolved(configured: ServiceConfiguration, service: ServiceWord, parameters: Parameters): ServiceOptions {
  const overwritable = new Set((configured.overwritableOptions ?? []).map((name) => `_${name.replace(/^_/, '')}`));
  function option<Value>(
    name: string,
    own: Value | undefined,
    read: (text: string) => Value | undefined,
  ): Value | undefined {
    const asked = parameters.get(name);
    const wanted = asked === undefined ? undefined : read(asked);
    return overwritable.has(name) ? (wanted ?? own) : (own ?? wanted);
  }
  const isAccess = service === 'request-access';
  const booking = integer(5, 1800);
  // Whether a code is wanted is always the request's to say; the documents let request-access set its booking time too.
  const provideCode = flag(parameters.get('_provide_code') ?? '') ?? configured.provideCode ?? false;
  const bookingSeconds = isAccess
    ? (booking(parameters.get('_booking_expiration_timeout') ?? '') ?? configured.bookingExpirationSeconds)
    : option('_booking_expiration_timeout', configured.bookingExpirationSeconds, booking);
  return {
    name: configured.name,
    service,
    ttlSeconds: option('_ttl', configured.ttlSeconds, integer(1, TTL_SECONDS_MAX)) ?? TTL_SECONDS,
    provideCode,
    resourceGroup: option('_resource_group', configured.resourceGroup, some) ?? 'DNIS',
    accessCodeLength:
      option('_access_code_length', configured.accessCodeLength, integer(1, 16)) ??
      (isAccess ? CODE_LENGTH_OF_ACCESS : CODE_LENGTH),
    bookingSeconds,
    returnUserData: option('_return_user_data', configured.returnUserData, flag) ?? false,
    returnPoolHealth: option('_return_pool_health', configured.returnPoolHealth, flag) ?? false,
    needsReadyAgent: configured.needsReadyAgent ?? false,
    verbose: flag(parameters.get('_verbose') ?? '') ?? false,
  };
}

function flag(text: string): boolean | undefined {
  if (/^true$/i.test(text)) return true;
  return /^false$/i.test(text) ? false : undefined;
}

function some(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function integer(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
}
