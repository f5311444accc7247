/** By which clocks a tenant's days are counted. */
import type { View } from '../../src/model/projection.ts';
import { isZone } from '../../src/model/zone.ts';
import { entry } from '../directory.ts';

/** The IANA zone of the tenant; UTC where it has none, or one that nobody knows. */
export function zoneOf(view: View, tenant: string): string {
  const zone = entry(view, { tenant, kind: 'tenant', id: tenant })?.attributes.timezone;
  return typeof zone === 'string' && isZone(zone) ? zone : 'UTC';
}
