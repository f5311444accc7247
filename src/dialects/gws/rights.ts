/** Who may use a route (genesys.md §1.0.4). */
import type { Principal } from '../../identity/principal.ts';

/** `user`: anybody who is known. `reader`: administrators and supervisors. */
export type Who = 'user' | 'reader' | 'admin';

const ALLOWED: Readonly<Record<Who, readonly string[]>> = {
  user: [],
  reader: ['admin', 'apiuser', 'supervisor'],
  admin: ['admin', 'apiuser'],
};

export function mayUse({ who }: { readonly who: Who }, { roles }: Principal): boolean {
  return who === 'user' || roles.some((role) => ALLOWED[who].includes(role));
}
