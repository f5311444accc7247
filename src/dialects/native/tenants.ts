/**
 * Tenants: which there are, what is known of one, making one. A tenant's own record lives in the tenant, under its name.
 */

import { z } from 'zod';
import { tenant as tenantAttributes } from '../../../machines/record/attributes/organisation.ts';
import { type DirectoryEntry, entry } from '../../../projections/directory.ts';
import { mayEnter } from '../../identity/principal.ts';
import { type ActorId, INSTALLATION, isToken } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { actorCounts, tenantNames } from '../../projector/heads.ts';
import { loosely, settling, settlingId, stored } from './answer-schemas.ts';
import { changeOf, entryJson, patchOf } from './change.ts';
import { grantRefusal } from './reserved.ts';
import { type Ask, bodied, json, type NativeRoute, param, type Reply, refuse, settled, unknown } from './route.ts';

const KIND = 'tenant';

const tenantName = z.string().refine((name) => isToken(name) && name !== INSTALLATION, {
  message: 'must be 1 to 64 letters, digits, - or _, and not "installation"',
});

const shown = stored(tenantAttributes.shape).meta({ id: 'Tenant' });

export function tenantRoutes(): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/tenants',
      summary: 'The tenants that the caller may enter',
      answer: { body: z.object({ items: z.array(shown), position: z.int() }) },
      scope: 'read',
      asOf: true,
      handle: listTenants,
    },
    {
      method: 'GET',
      path: '/v1/tenants/:tenant',
      summary: 'A tenant, and how many actors of each kind it has had',
      answer: loosely('The tenant', { id: z.string(), actors: z.record(z.string(), z.int()), position: z.int() }),
      scope: 'read',
      asOf: true,
      handle: readTenant,
    },
    bodied({
      method: 'POST',
      path: '/v1/tenants',
      summary: 'Create a tenant',
      answer: settling({ id: z.string(), attributes: tenantAttributes }, 201),
      scope: 'admin',
      body: tenantAttributes.extend({ id: tenantName }),
      handle: async (ask) => {
        if (ask.principal.tenant !== INSTALLATION)
          return refuse({ kind: 'forbidden', scope: 'admin of the installation' });
        const { id, ...attributes } = ask.body;
        const outcome = await ask.submit(id, [
          { to: tenantActor(id), event: { type: 'create', attributes: attributes as JsonObject } },
        ]);
        return settled(outcome, () => ({ id, attributes: attributes as JsonObject }), 201);
      },
    }),
    bodied({
      method: 'PATCH',
      path: '/v1/tenants/:tenant',
      summary: 'Change a tenant (JSON merge patch); its telco, products and limits are for the installation to set',
      answer: settlingId,
      scope: 'admin',
      body: patchOf(tenantAttributes),
      handle: async (ask) => {
        const id = param(ask, 'tenant');
        const known = entry(ask.view, tenantActor(id));
        if (known === undefined) return unknown(`tenant ${id}`);
        const granted = grantRefusal(ask.principal, ask.body as JsonObject);
        if (granted !== undefined) return refuse(granted);
        const patch = { ...stampOn(known, ask.view.now), ...(ask.body as JsonObject) };
        const outcome = await ask.submit(id, [{ to: known.actor, event: changeOf(KIND, known.attributes, patch) }]);
        return settled(outcome, () => ({ id }));
      },
    }),
    bodied({
      method: 'POST',
      path: '/v1/tenants/:tenant/texts',
      summary: 'Count a text that was sent or received',
      answer: settling({}, 201),
      scope: 'write',
      body: z.strictObject({ kind: z.enum(['sms', 'mms']) }),
      handle: async (ask) => {
        const to = tenantActor(param(ask, 'tenant'));
        const add = { [ask.body.kind === 'sms' ? 'smsCount' : 'mmsCount']: 1 };
        return settled(await ask.submit(to.tenant, [{ to, event: { type: 'change', add } }]), () => ({}), 201);
      },
    }),
  ];
}

/** A tenant that says itself when it was last changed says this change too. */
function stampOn({ attributes }: DirectoryEntry, now: number): JsonObject {
  return attributes.modifiedAt === undefined ? {} : { modifiedAt: now };
}

function tenantActor(tenant: string): ActorId {
  return { tenant, kind: KIND, id: tenant };
}

/** The installation is no tenant, and is always there. */
export function tenantExists(view: View, tenant: string): boolean {
  return tenant === INSTALLATION || (isToken(tenant) && entry(view, tenantActor(tenant)) !== undefined);
}

function listTenants({ view, principal }: Ask): Reply {
  const tenants = tenantNames(view)
    .filter((name) => mayEnter(principal, name))
    .flatMap((name) => entry(view, tenantActor(name)) ?? [])
    .sort((a, b) => a.created - b.created);
  return json({ items: tenants.map(entryJson), position: view.position });
}

function readTenant(ask: Ask): Reply {
  const name = param(ask, 'tenant');
  const known = entry(ask.view, tenantActor(name));
  if (known === undefined && name !== INSTALLATION) return unknown(`tenant ${name}`);
  const actors = actorCounts(ask.view, name);
  return json({ ...(known === undefined ? { id: name } : entryJson(known)), actors, position: ask.view.position });
}
