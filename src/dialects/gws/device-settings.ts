/** Sections of the settings of a device (genesys.md §1.3): its owner reads them, at either address, and whoever reads everything. */
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import type { UserHandler } from './addressed.ts';
import { type Answer, done, type Handler, notFound, refused } from './exchange.ts';
import { devicesOf, type Found, telephone } from './found.ts';
import { tenantOf } from './resources.ts';
import { mayUse } from './rights.ts';

/** `GET /devices/{id}/settings/{section}`. */
export const readDeviceSection: Handler = (exchange) => {
  const { id = '', section = '' } = exchange.params;
  const { view, caller } = exchange;
  const mayAll = mayUse({ who: 'reader' }, caller.principal);
  const device = mayAll
    ? telephone(view, tenantOf(exchange), id)
    : devicesOf(view, caller.user).find((one) => one.id === id);
  if (device === undefined) return mayAll ? notFound('Device', id) : refused({ kind: 'forbidden' });
  return sectionOf(device, section);
};

/** `GET /me/devices/{id}/settings/{section}`. */
export const readOwnDeviceSection: UserHandler = ({ view, params: { id = '', section = '' } }, user) => {
  const device = devicesOf(view, user).find((one) => one.id === id);
  return device === undefined ? notFound('Device', id) : sectionOf(device, section);
};

function sectionOf({ attributes }: Found<Device>, section: string): Answer {
  const settings = attributes.settings?.[section];
  return settings === undefined ? notFound('Settings', section) : done({ settings: [...settings], key: 'name' });
}
