/**
 * Sections 4.1 to 4.5, 4.7 and 4.9 to 4.12: products, roles, tenants, presence options, text counts. Handlers only.
 */
import { INSTALLATION } from '../../model/actor-id.ts';
import type { Delivery } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Answer, listBody, ok, refuse } from './answers.ts';
import { changed } from './change.ts';
import { byCcsId, type Entry, isCcs, list, tenantRecord } from './directory.ts';
import { type Ask, param } from './operation.ts';
import { reachableTenants, reachTenant } from './reach.ts';
import { REASONS } from './reasons.ts';
import { presenceOptionBody } from './render-directory.ts';
import { productBody, roleBody, tenantDetail, tenantSummary, textCountBody } from './render-tenant.ts';

export function listProducts({ view }: Ask): Answer {
  return ok(listBody(list(view, 'product', INSTALLATION).map(productBody)));
}

export function listRoles({ view }: Ask): Answer {
  return ok(rolesBody(list(view, 'role', INSTALLATION)));
}

export function listTenants(ask: Ask): Answer {
  return ok(listBody(reachableTenants(ask).map((tenant) => tenantSummary(ask.view, tenant))));
}

export function showTenant(ask: Ask): Answer {
  return ofTenant(ask, (tenant) => tenantDetail(ask.view, tenant));
}

export function listTenantRoles(ask: Ask): Answer {
  return ofTenant(ask, ({ actor }) => rolesBody(list(ask.view, 'role', actor.tenant)));
}

export function listPresenceOptions(ask: Ask): Answer {
  return ofTenant(ask, ({ actor }) =>
    listBody(list(ask.view, 'presence-option', actor.tenant).map(presenceOptionBody)),
  );
}

export function showTextCount(ask: Ask): Answer {
  return ofTenant(ask, ({ attributes }) => textCountBody(attributes));
}

export async function resetTextCount(ask: Ask): Promise<Answer> {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const { actor } = reached.found;
  return changed(ask, {
    about: actor,
    done: { success: true, uuid: param(ask, 'tenant').trim() },
    decide: ({ now }) => [
      { to: actor, event: { type: 'change', set: { smsCount: 0, mmsCount: 0, textsResetAt: now } } },
    ],
  });
}

export function addProduct(ask: Ask): Promise<Answer> {
  return changeProducts(ask, (products, id) => (products.includes(id) ? REASONS.productAssigned : [...products, id]));
}

export function deleteProduct(ask: Ask): Promise<Answer> {
  return changeProducts(ask, (products, id) =>
    products.includes(id) ? products.filter((product) => product !== id) : REASONS.productNotAssigned,
  );
}

/** `after` says which products the tenant has then, or why not. The answer echoes the product's id as it was sent. */
async function changeProducts(
  ask: Ask,
  after: (
    products: readonly string[],
    id: string,
  ) => readonly string[] | typeof REASONS.productAssigned | typeof REASONS.productNotAssigned,
): Promise<Answer> {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const asked = typeof ask.body.product === 'string' ? ask.body.product.trim() : '';
  const product = byCcsId(ask.live, 'product', asked, INSTALLATION);
  if (product === undefined) return refuse(REASONS.productNotFound);
  const { actor } = reached.found;
  return changed(ask, {
    about: actor,
    done: { success: true, uuid: asked },
    decide(view) {
      const products = tenantRecord(view, actor.tenant)?.attributes.products;
      const next = after(products ?? [], product.actor.id);
      if (typeof next === 'string') return refuse(next);
      return [
        tenantChange(actor, { expect: { products: products ?? null }, set: { products: next, modifiedAt: view.now } }),
      ];
    },
  });
}

export function tenantChange(to: Delivery['to'], change: JsonObject): Delivery {
  return { to, event: { type: 'change', ...change } };
}

/** Roles that this dialect has no id for are other dialects' business. */
function rolesBody(roles: readonly Entry<'role'>[]): JsonObject {
  return listBody(roles.filter(isCcs).map(roleBody));
}

function ofTenant(ask: Ask, body: (tenant: Entry<'tenant'>) => JsonObject): Answer {
  const reached = reachTenant(ask);
  return reached.ok ? ok(body(reached.found)) : reached.refusal;
}
