import { describe, expect, test } from 'vitest';
import { isOvertaken } from '../../src/contacts/address-book.ts';

const book = { tenant: 'acme', kind: 'address-book', id: 'ann' };
const contact = { tenant: 'acme', kind: 'contact', id: 'c' };

describe('a write into an address book', () => {
  test('is overtaken when the book was moved on meanwhile', () => {
    expect(isOvertaken({ code: 'reason', actor: book, event: 'change', reason: 'changed' })).toBe(true);
  });

  test('is overtaken when the command that begins the book comes after it', () => {
    expect(isOvertaken({ code: 'unknownActor', actor: book, event: 'change' })).toBe(true);
  });

  test('is not overtaken by what is said of a contact', () => {
    expect(isOvertaken({ code: 'unknownActor', actor: contact, event: 'change' })).toBe(false);
    expect(isOvertaken({ code: 'reason', actor: contact, event: 'create', reason: 'exists' })).toBe(false);
  });
});
