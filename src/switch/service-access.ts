/**
 * Services as what is behind an access number: a caller who dials it, with the code where there is one, is the customer
 * of that session. In the turn in which his call arrives its storage becomes the call's user data, the service is tied
 * to the call, and the number is given back.
 */
import { type ReservationEntry, reservationsFor, service } from '../../projections/services.ts';
import type { View } from '../model/projection.ts';
import type { AccessNumbers } from './projected-directory.ts';

export const serviceAccess: AccessNumbers = (view, { tenant, number, code }) => {
  const found = reservedBy(view, tenant, number, code);
  const session = found && service(view, tenant, found.service);
  if (session === undefined) return {};
  const to = { tenant, kind: 'service', id: session.id };
  return {
    // Without the code: records of calls are public.
    reservation: { service: session.id, accessNumber: number },
    userData: session.texts,
    also: (call) => [{ to, event: { type: 'linkCall', call } }],
  };
};

/** Who has a code is found by it alone; without one the newest that has none is meant, as match-interaction does. */
function reservedBy(
  view: View,
  tenant: string,
  number: string,
  code: string | undefined,
): ReservationEntry | undefined {
  return reservationsFor(view, tenant, number).find(({ accessCode }) => accessCode === (code ?? null));
}
