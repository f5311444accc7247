/**
 * A collection of the native API as it is typed: a plural such as `queues`, or a path such as `users/ann/credentials`;
 * `tenants` stands above the tenants, everything else in one.
 */
import type { Api } from './api.ts';
import { wrongUse } from './exit.ts';
import { tenantOf } from './tenant-choice.ts';
import type { Terminal } from './terminal.ts';

export interface Collection {
  /** Of the whole collection. */
  readonly path: string;
  of(id: string): string;
}

export const COLLECTION_WORDS =
  'tenants, users, extensions, devices, places, queues, outbound-queues, conditional-routes, vrqs, presence-options, skills, roles, ' +
  'agents, tokens, users/<id>/credentials and so on; `ledgerline explain` names all of them';

export async function collectionOf(
  api: Api,
  terminal: Pick<Terminal, 'env'>,
  typed: string,
  tenant: string | undefined,
): Promise<Collection> {
  const segments = typed.split('/');
  if (segments.some((segment) => segment === '')) throw wrongUse(`"${typed}" names no collection`);
  const below = segments.map(encodeURIComponent).join('/');
  const path = typed === 'tenants' ? '/v1/tenants' : `/v1/tenants/${await tenantOf(api, terminal, tenant)}/${below}`;
  return { path, of: (id) => `${path}/${encodeURIComponent(id)}` };
}
