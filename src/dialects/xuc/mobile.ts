/**
 * Mobile push (contract 2.7): the token under which a person's telephone can be woken, one per platform, the last one wins.
 * The deprecated route has no platform in it and means Android.
 */
import { z } from 'zod';
import { secretEntriesBy, secretEntry } from '../../../projections/directory.ts';
import type { Submitted } from '../../http/command-id.ts';
import { parseFields } from '../../http/fields.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, REGISTERED, refuse, refused } from './answers.ts';
import { inputRefusal, MOBILE, unrecordedRefusal } from './errors.ts';
import type { Person } from './people.ts';
import type { PersonalAsk, XucRoute } from './route.ts';

type Platform = 'android' | 'ios';

const registration = z.object({ token: z.string().min(1).max(4096) });
const API_VERSION = '2.0';

export function mobileRoutes(): readonly XucRoute[] {
  const route = (path: string, platform: Platform): XucRoute => ({
    method: 'POST',
    path,
    family: MOBILE,
    access: 'token',
    handle: (ask) => register(ask, platform),
  });
  return [
    route('/2.0/config/mobile/push/register/android', 'android'),
    route('/2.0/config/mobile/push/register/ios', 'ios'),
    route('/2.0/mobile/push/register', 'android'),
  ];
}

async function register(ask: PersonalAsk, platform: Platform): Promise<Answer> {
  const version = ask.query.get('apiVersion');
  if (version !== null && version !== API_VERSION) {
    return refuse('JsonErrorDecoding', `apiVersion ${version.slice(0, 20)} is not known, ${API_VERSION} is`);
  }
  const body = await ask.json();
  if (!body.ok) return refused(inputRefusal(body.problem, MOBILE));
  if (body.value === undefined) return refuse('JsonBodyNotFound', 'The body must be {"token": "…"}');
  const fields = parseFields(registration, body.value);
  if (!fields.ok) return refused(inputRefusal(fields.problem, MOBILE));
  const outcome = await registered(ask, platform, fields.value.token);
  return outcome.kind === 'accepted' ? REGISTERED : refused(unrecordedRefusal(outcome, MOBILE));
}

/** The records of a person's telephones. */
export function registrations(view: View, { actor: { tenant, id: user } }: Person): readonly ActorId[] {
  return secretEntriesBy(view, { kind: 'push-token', key: 'user', value: user, tenant }).map(({ actor }) => actor);
}

/** The record is made by the first registration and changed by every later one, also when two arrive at once. */
async function registered(
  { caller, view, submit }: PersonalAsk,
  platform: Platform,
  token: string,
): Promise<Submitted> {
  const { tenant, id: user } = caller.actor;
  const to = { tenant, kind: 'push-token', id: `${user}.${platform}` };
  const change = { to, event: { type: 'change', set: { token } } };
  if (secretEntry(view, to) !== undefined) return submit(caller, [change]);
  const first = await submit(caller, [{ to, event: { type: 'create', attributes: { user, platform, token } } }]);
  const isBeaten =
    first.kind === 'rejected' && first.rejection.code === 'reason' && first.rejection.reason === 'exists';
  return isBeaten ? submit(caller, [change]) : first;
}
