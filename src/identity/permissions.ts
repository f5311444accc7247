/**
 * The permissions that roles and tokens grant, by the names of the CCS document: those of its sections 2.2 and 3, and
 * those that single sections of its chapter 4 ask for. What each one opens is said by the routes that ask for it.
 */
export const PERMISSIONS = [
  'API',
  'Agent Control',
  'Call Control',
  'Agent Events',
  'Call Events',
  'Inbound Queue Events',
  'Tenant Edit',
  'Tenants View',
  'Calls Listing View',
  'Calls View',
  'Voice IQs View',
  'Voice OQs View',
  'Conditional Routes View',
  'VRQs View',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Whether any of them is held: the document separates alternatives by a slash. */
export function holdsAny(held: ReadonlySet<string>, wanted: readonly Permission[]): boolean {
  return wanted.some((permission) => held.has(permission));
}
