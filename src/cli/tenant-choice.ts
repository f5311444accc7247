/**
 * Which tenant a command speaks of: the one that was named, else the only one the caller may enter.
 */
import type { Api } from './api.ts';
import { wrongUse } from './exit.ts';
import type { Terminal } from './terminal.ts';

export async function tenantOf(api: Api, { env }: Pick<Terminal, 'env'>, named: string | undefined): Promise<string> {
  const given = named ?? (env.LEDGERLINE_TENANT || undefined);
  if (given !== undefined) return given;
  const { items } = await api.get('/v1/tenants');
  const names = (items as readonly { readonly id: string }[]).map(({ id }) => id);
  if (names.length === 1 && names[0] !== undefined) return names[0];
  throw wrongUse(`say which tenant with --tenant or LEDGERLINE_TENANT: ${names.join(', ') || 'there is none'}`);
}
