/**
 * What a reservation takes. Its id is that of its service. `hold` and `match` are sent by the GMS dialect, `release` by
 * the service in the turn in which it no longer needs the number.
 */
import { z } from 'zod';
import { dialled, ms } from '../fields.ts';

export const reservationEvents = {
  /**
   * Takes an access number for the service, instead of one it may have held. The code is chosen by who asks, with chance.
   * Refused with `taken` when another service has that code at that number, or the number itself (`exclusive`).
   */
  hold: z.strictObject({
    type: z.literal('hold'),
    accessNumber: dialled,
    accessCode: z
      .string()
      .regex(/^\d{1,16}$/)
      .exactOptional(),
    /** Nobody else may hold the number meanwhile. */
    exclusive: z.boolean().exactOptional(),
    /** It is given back by itself after this. */
    ttlMs: ms.exactOptional(),
  }),
  /** The service was found by it: given back. Refused with `notReserved`. */
  match: z.strictObject({ type: z.literal('match') }),
  /** The service: given back. */
  release: z.strictObject({ type: z.literal('release') }),
};

export type ReservationEvent = {
  [Type in keyof typeof reservationEvents]: z.infer<(typeof reservationEvents)[Type]>;
}[keyof typeof reservationEvents];
