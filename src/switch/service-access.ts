/**
 * Services as what is behind an access number: a caller who dials it, with the code where there is one, is the customer
 * of that session. In the turn in which his call arrives its storage becomes the call's user data, the service is tied
 * to the call, and the number is given back.
 */
import { type ReservationEntry, reservationsFor, service } from '../../projections/services.ts';
import { sanitised } from './numbers.ts';
import type { AccessNumbers } from './projected-directory.ts';

export const serviceAccess: AccessNumbers = (view, access) => {
  const { tenant, number } = access;
  const found = reservedBy(reservationsFor(view, tenant, number), access);
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

/**
 * With a code, the reservation that has it. Without one, among the reservations that have none: that of the caller's own
 * number, else the newest, as match-interaction does.
 */
function reservedBy(
  newestFirst: readonly ReservationEntry[],
  { code = null, from = '' }: { readonly code?: string | null; readonly from?: string },
): ReservationEntry | undefined {
  const fitting = newestFirst.filter(({ accessCode }) => accessCode === code);
  const own = fitting.find(({ phoneNumber }) => phoneNumber !== null && sanitised(phoneNumber) === sanitised(from));
  return own ?? fitting[0];
}
