/**
 * Gives a service an access number of its group, and a code if it is to have one, in one command with whatever else the
 * request records. Two requests may choose the same at once: the claim refuses one of them, and that one chooses again.
 */
import type { ResourceGroup } from '../../../machines/record/attributes/telephony.ts';
import { entriesBy } from '../../../projections/directory.ts';
import { reservationOf, reservationsFor } from '../../../projections/services.ts';
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
  if (earlierReceipt(ask) !== undefined) return accessOf(ask, service);
  for (let tries = 1; ; tries += 1) {
    const hold = chosen(ask, options);
    if (hold.kind === 'refused') return hold;
    const { kind: _, ...event } = hold;
    const to = { tenant: ask.tenant, kind: 'reservation', id: service };
    const outcome = await ask.submit([...before, { to, event: { type: 'hold', ...event } }]);
    if (outcome.kind === 'accepted') return accessOf(ask, service);
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

function chosen({ live, tenant, random }: Ask, options: ServiceOptions): Hold | Refusal {
  const { resourceGroup, provideCode, accessCodeLength: length, bookingSeconds } = options;
  const [found] = entriesBy(live, { kind: 'resource-group', key: 'name', value: resourceGroup, tenant });
  const { numbers = [], allocation = 'random', accessCodePrefix: prefix } = (found?.attributes ?? {}) as Group;
  const exclusive = allocation !== 'random';
  for (const accessNumber of fromSomewhere(numbers, random(4))) {
    const others = reservationsFor(live, tenant, accessNumber);
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

type Group = Partial<ResourceGroup>;

function fromSomewhere(numbers: readonly string[], chance: Uint8Array): readonly string[] {
  const start = numbers.length === 0 ? 0 : Buffer.from(chance).readUInt32BE() % numbers.length;
  return [...numbers.slice(start), ...numbers.slice(0, start)];
}

/** What the service holds now; nothing when a repeated request finds it given back. */
function accessOf({ live, tenant, profile }: Ask, service: string): Access {
  const held = reservationOf(live, tenant, service);
  if (held === undefined) return { kind: 'access', body: {} };
  const { accessNumber, accessCode, expiresAt } = held;
  return {
    kind: 'access',
    body: {
      _access_number: accessNumber,
      ...(accessCode === null ? {} : { _access_code: accessCode }),
      ...(profile === 'seed' || expiresAt === null
        ? {}
        : { _expiration_time: String(Math.ceil((expiresAt - live.now) / 1000)) }),
    },
  };
}

function isTaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'taken';
}
