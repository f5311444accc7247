/**
 * What a claim takes. Both events are told by the record that wants or has the name, in the turn in which the record
 * itself changes; a refusal refuses that whole command.
 */
import { z } from 'zod';

const owner = z.string().min(1).max(512);

export const claimEvents = {
  /** Takes the name. Again by its owner: nothing happens. By another: refused with `taken`, naming claim and owner. */
  hold: z.strictObject({ type: z.literal('hold'), owner }),
  /** Gives it back; refused with `notOwner` from anybody else. */
  release: z.strictObject({ type: z.literal('release'), owner }),
};

export type ClaimEvent = z.infer<typeof claimEvents.hold> | z.infer<typeof claimEvents.release>;
