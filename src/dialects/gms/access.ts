/**
 * Gives a service an access number of its group, and a code if it is to have one, in one command with whatever else the
 * request records. Two requests may choose the same at once: the claim refuses one of them, and that one chooses again.
 */
import { entriesBy } from '../../../projections/directory.ts';
import { reservationOf, reservationsFor, service as serviceEntry } from '../../../projections/services.ts';
import type { Delivery, Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { freeCode } from './access-code.ts';
import { type Refusal, refuse } from './answers.ts';
import { type Ask, earlierReceipt } from './ask.ts';
import { rejectionAnswer } from './errors.ts';
import type { ServiceOptions } from './options.ts';

export type Access = { readonly kind: 'access'; readonly body: JsonObject } | Refusal;

const TRIES_MAX = 16;
const EXHAUSTED = refuse('noAccessNumber', 'No access number available');

/** Records `before` and the reservation; the keys that tell of it. */
export async function reserve(
  ask: Ask,
  service: string,
  options: ServiceOptions,
  before: readonly Delivery[] = [],
): Promise<Access> {
  if (earlierReceipt(ask) !== undefined) return accessOf(ask, service, options);
  for (let tries = 1; ; tries += 1) {
    const hold = chosen(ask, service, options);
    if (hold.kind === 'refused') return hold;
    const { kind: _, ...event } = hold;
    const to = { tenant: ask.tenant, kind: 'reservation', id: service };
    const outcome = await ask.submit([...before, { to, event: { type: 'hold', ...event } }]);
    if (outcome.kind === 'accepted') return accessOf(ask, service, options);
    if (!isTaken(outcome.rejection)) return rejectionAnswer(outcome.rejection);
    if (tries === TRIES_MAX) return EXHAUSTED;
  }
}

interface Hold {
  readonly kind: 'hold';
  readonly accessNumber: string;
  readonly accessCode?: string;
  readonly exclusive?: true;
  readonly ttlMs?: number;
}

/** What the service holds itself is as free to it as what nobody holds. */
function chosen(ask: Ask, service: string, options: ServiceOptions): Hold | Refusal {
  const { live, tenant, random } = ask;
  const { provideCode, accessCodeLength: length, bookingSeconds } = options;
  const { numbers, exclusive, prefix } = poolOf(ask, options);
  for (const accessNumber of fromSomewhere(numbers, random(4))) {
    const others = reservationsFor(live, tenant, accessNumber).filter((held) => held.service !== service);
    if (exclusive && others.length > 0) continue;
    const hold = {
      kind: 'hold',
      accessNumber,
      ...(exclusive ? { exclusive } : {}),
      ...(exclusive && bookingSeconds !== undefined ? { ttlMs: bookingSeconds * 1000 } : {}),
    } as const;
    if (!provideCode) return hold;
    const taken = new Set(others.flatMap(({ accessCode }) => accessCode ?? []));
    const accessCode = freeCode({ length, prefix, random, taken });
    if (typeof accessCode === 'string') return { ...hold, accessCode };
    if (accessCode !== undefined) return accessCode;
  }
  return EXHAUSTED;
}

interface Pool {
  readonly numbers: readonly string[];
  /** A number is given to one service at a time. */
  readonly exclusive: boolean;
  readonly prefix: string | undefined;
}

function poolOf({ live, tenant }: Ask, { resourceGroup }: ServiceOptions): Pool {
  const [found] = entriesBy(live, { kind: 'resource-group', key: 'name', value: resourceGroup, tenant });
  const { numbers = [], allocation = 'random', accessCodePrefix: prefix } = found?.attributes ?? {};
  return { numbers, exclusive: allocation !== 'random', prefix };
}

/** How many numbers there are, and how many of them the next one who asks may be given. Texts, as all such values are. */
function healthOf(ask: Ask, options: ServiceOptions): JsonObject {
  const { numbers, exclusive } = poolOf(ask, options);
  const isFree = (number: string) => !exclusive || reservationsFor(ask.live, ask.tenant, number).length === 0;
  return {
    _resource_group: options.resourceGroup,
    _size: String(numbers.length),
    _available: String(numbers.filter(isFree).length),
  };
}

function fromSomewhere(numbers: readonly string[], chance: Uint8Array): readonly string[] {
  const start = numbers.length === 0 ? 0 : Buffer.from(chance).readUInt32BE() % numbers.length;
  return [...numbers.slice(start), ...numbers.slice(0, start)];
}

/** What the service holds now; nothing when a repeated request finds it given back. */
function accessOf(ask: Ask, service: string, options: ServiceOptions): Access {
  const { live, tenant, profile } = ask;
  const held = reservationOf(live, tenant, service);
  if (held === undefined) return { kind: 'access', body: {} };
  const { accessNumber, accessCode, expiresAt } = held;
  // A number that is not booked for a time is given back with the service.
  const ends = [expiresAt, serviceEntry(live, tenant, service)?.expiresAt ?? null];
  const endsAt = Math.min(...ends.map((at) => at ?? Number.POSITIVE_INFINITY));
  return {
    kind: 'access',
    body: {
      _access_number: accessNumber,
      ...(accessCode === null ? {} : { _access_code: accessCode }),
      ...(profile === 'seed' || endsAt === Number.POSITIVE_INFINITY
        ? {}
        : { _expiration_time: String(Math.ceil((endsAt - live.now) / 1000)) }),
      ...(options.returnPoolHealth ? { _pool_health: healthOf(ask, options) } : {}),
    },
  };
}

function isTaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'taken';
}
