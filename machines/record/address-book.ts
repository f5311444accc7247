/**
 * A person's address book holds no contact twice. Contacts are actors of their own and know nothing of each other, so
 * whoever writes one looks for a twin in a view and, in the same command, moves the book on from where that view has it:
 * did another writer come between, the command is refused, and he looks again. One record more for a command of many
 * contacts, where a claim for each would double them. What makes two contacts the same: contact-content.ts.
 */
import { z } from 'zod';
import { id, text } from '../fields.ts';

/** Its id is the owner's. */
export const addressBook = z.strictObject({
  user: id,
  /** Id of the command that wrote a contact last. */
  movedBy: text(128),
});

export type AddressBook = z.infer<typeof addressBook>;
