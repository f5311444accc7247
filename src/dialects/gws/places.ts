/**
 * Places: desks with devices on them, an argument of StartContactCenterSession (genesys.md §1.6).
 */
import { z } from 'zod';
import type { Place } from '../../../machines/record/attributes/telephony.ts';
import { derivedId } from '../../http/command-id.ts';
import { changeableDevice } from './devices.ts';
import { type Answer, type Exchange, refused, submitted } from './exchange.ts';
import { fieldsOf, missingAmong, present, readOnlyAmong } from './fields.ts';
import type { Found } from './found.ts';
import { idOfReference, path } from './links.ts';
import { tenantOf } from './resources.ts';

const attributes = z.object({
  name: z.string().min(1).max(128).optional(),
  /** Ids, paths or uris. */
  devices: z.array(z.string().max(512)).max(16).optional(),
});

export async function createPlace(exchange: Exchange): Promise<Answer> {
  const refusal = missingAmong(exchange.body, ['name']) ?? readOnlyAmong(exchange.body);
  if (refusal !== undefined) return refused(refusal);
  const record = recordOf(exchange);
  if ('kind' in record) return record;
  const tenant = tenantOf(exchange);
  const id = derivedId(tenant, exchange.commandId);
  const at = path('places', id);
  return submitted(
    exchange,
    [{ to: { tenant, kind: 'place', id }, event: { type: 'create', attributes: record.record } }],
    { id, uri: exchange.uri(at), ...(exchange.options.profile === 'ext' ? { path: at } : {}) },
  );
}

export async function changePlace(exchange: Exchange, { id, actor }: Found<Place>): Promise<Answer> {
  const at = path('places', id);
  const refusal = readOnlyAmong(exchange.body, { id, path: at, uri: exchange.uri(at) });
  if (refusal !== undefined) return refused(refusal);
  const record = recordOf(exchange);
  if ('kind' in record) return record;
  return submitted(exchange, [{ to: actor, event: { type: 'change', set: record.record } }]);
}

type Record = { readonly record: ReturnType<typeof present> } | Answer;

function recordOf(exchange: Exchange): Record {
  const fields = fieldsOf(attributes, exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  const { name, devices } = fields.value;
  const ids: string[] = [];
  for (const reference of devices ?? []) {
    const device = changeableDevice(exchange, idOfReference(reference, 'devices') ?? reference);
    if ('kind' in device) return refused(device);
    ids.push(device.actor.id);
  }
  return { record: present({ name, devices: devices && ids }) };
}
