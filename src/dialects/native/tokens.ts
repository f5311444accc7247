/**
 * Bearer tokens: made, listed, revoked. The secret is in the answer that makes a token and nowhere else; asked again
 * under the same command id, the answer is the same token without it.
 */

import { z } from 'zod';
import { id as recordId, text } from '../../../machines/fields.ts';
import { receiptOf } from '../../../projections/commands.ts';
import { type DirectoryEntry, entry, secretEntriesOf } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { PERMISSIONS } from '../../identity/permissions.ts';
import { SCOPES } from '../../identity/principal.ts';
import { mintToken } from '../../identity/token.ts';
import type { JsonObject } from '../../model/json.ts';
import type { RandomBytes } from '../../model/random.ts';
import { paging, settling, settlingId } from './answer-schemas.ts';
import { creationOf } from './change.ts';
import { listing } from './listing.ts';
import { telcoRefusal } from './reserved.ts';
import { type Ask, bodied, type NativeRoute, PAGE, param, type Reply, refuse, settled, unknown } from './route.ts';

const KIND = 'token';
const ALL = '/v1/tenants/:tenant/tokens';

const newToken = z.strictObject({
  label: text(128).exactOptional(),
  scopes: z.array(z.enum(SCOPES)).max(SCOPES.length).exactOptional(),
  user: recordId.exactOptional(),
  telco: recordId.exactOptional(),
  extension: recordId.exactOptional(),
  permissions: z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length).exactOptional(),
  expiresAt: z.iso.datetime({ offset: true }).exactOptional(),
});

const listed = z.looseObject({ id: z.string(), ...newToken.shape, createdAt: z.iso.datetime() });

export function tokenRoutes(random: RandomBytes): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: ALL,
      summary: 'List: token (without their secrets)',
      answer: paging(listed),
      scope: 'admin',
      asOf: true,
      query: PAGE,
      handle: list,
    },
    bodied({
      method: 'POST',
      path: ALL,
      summary: 'Create: token; the answer holds its secret, once',
      answer: settling(
        {
          id: z.string(),
          token: z.string().exactOptional().describe('Its secret; absent where the command is repeated.'),
        },
        201,
      ),
      scope: 'admin',
      body: newToken,
      handle: (ask) => create(ask, random),
    }),
    {
      method: 'DELETE',
      path: `${ALL}/:id`,
      summary: 'Revoke: token, at once',
      answer: settlingId,
      scope: 'admin',
      asOf: false,
      handle: revoke,
    },
  ];
}

function list(ask: Ask): Reply {
  return listing(ask, (page) => secretEntriesOf(ask.view, { ...page, kind: KIND }), shown);
}

/** Everything but the hash. */
function shown({ actor, attributes, createdAt }: DirectoryEntry): JsonObject {
  const { sha256: _, expiresAt, ...rest } = attributes;
  const expires = typeof expiresAt === 'number' ? { expiresAt: new Date(expiresAt).toISOString() } : {};
  return { id: actor.id, ...rest, ...expires, createdAt: new Date(createdAt).toISOString() };
}

async function create(ask: Ask<z.infer<typeof newToken>>, random: RandomBytes): Promise<Reply> {
  const tenant = param(ask, 'tenant');
  const { user, expiresAt, ...rest } = ask.body;
  const refusal = telcoRefusal(tenant, rest);
  if (refusal !== undefined) return refuse(refusal);
  if (user !== undefined && entry(ask.view, { tenant, kind: 'user', id: user }) === undefined)
    return unknown(`user ${user}`);
  const isRepeat = receiptOf(ask.view, tenant, ask.commandId) !== undefined;
  if (expiresAt !== undefined && !isRepeat && Date.parse(expiresAt) <= ask.view.now)
    return refuse({ kind: 'input', problem: { code: 'badParameter', name: 'expiresAt', reason: 'is past already' } });
  const { secret, digest } = mintToken(random);
  const id = derivedId(tenant, ask.commandId);
  const attributes = {
    ...rest,
    sha256: digest,
    ...(user === undefined ? {} : { user }),
    ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
  };
  const outcome = await ask.submit(tenant, [{ to: { tenant, kind: KIND, id }, event: creationOf(KIND, attributes) }]);
  const isNew = outcome.kind === 'accepted' && !outcome.repeated;
  return settled(outcome, () => ({ id, ...(isNew ? { token: secret } : {}) }), 201);
}

async function revoke(ask: Ask): Promise<Reply> {
  const tenant = param(ask, 'tenant');
  const id = param(ask, 'id');
  const outcome = await ask.submit(tenant, [{ to: { tenant, kind: KIND, id }, event: { type: 'remove' } }]);
  return settled(outcome, () => ({ id }));
}
