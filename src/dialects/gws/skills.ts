/**
 * Skills of the contact centre, and which of them a user has, how well (genesys.md §1.5).
 * A removed skill disappears from users because nothing reads it there any more; ids are never used again.
 */
import { z } from 'zod';
import type { SkillLevel, User } from '../../../machines/record/attributes/people.ts';
import type { Skill } from '../../../machines/record/attributes/queues.ts';
import { derivedId } from '../../http/command-id.ts';
import { type Answer, type Decision, type Exchange, notFound, refused, settled, submitted } from './exchange.ts';
import { fieldsOf, missingAmong, present, readOnlyAmong } from './fields.ts';
import { type Found, find, get } from './found.ts';
import { path } from './links.ts';
import { skillBody } from './render.ts';
import { tenantOf } from './resources.ts';

const attributes = z.object({
  name: z.string().min(1).max(128).optional(),
  description: z.string().max(1024).optional(),
});
/** Levels are texts on the wire; numbers are understood. */
const level = z
  .union([z.string().regex(/^\d{1,3}$/), z.int()])
  .transform(Number)
  .pipe(z.int().min(0).max(100));

export async function createSkill(exchange: Exchange): Promise<Answer> {
  const { body, commandId, uri, options } = exchange;
  const refusal = missingAmong(body, ['name']) ?? readOnlyAmong(body);
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, body);
  if (!fields.ok) return refused(fields.refusal);
  const tenant = tenantOf(exchange);
  const id = derivedId(tenant, commandId);
  const at = path('skills', id);
  return submitted(
    exchange,
    [{ to: { tenant, kind: 'skill', id }, event: { type: 'create', attributes: present(fields.value) } }],
    { id, uri: uri(at), ...(options.profile === 'ext' ? { path: at } : {}) },
  );
}

export async function changeSkill(exchange: Exchange, skill: Found<Skill>): Promise<Answer> {
  const refusal = readOnlyAmong(exchange.body, skillBody(skill, exchange.uri));
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  return submitted(exchange, [{ to: skill.actor, event: { type: 'change', set: present(fields.value) } }]);
}

/** Assigns, or sets the level of one that is assigned already. */
export async function assignSkill(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  const skill = find(exchange.runtime.live, user.actor.tenant, 'skill', id);
  if (skill === undefined) return notFound('Skill', id);
  return withLevel(exchange, user, skill, 'assign');
}

/** Sets the level of an assigned skill. */
export async function changeSkillLevel(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  const skill = find(exchange.runtime.live, user.actor.tenant, 'skill', id);
  if (skill === undefined) return notFound('Skill', id);
  if (exchange.body.level === undefined) return refused({ kind: 'missing', parameter: 'level' });
  return withLevel(exchange, user, skill, 'change');
}

export async function unassignSkill(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  const { live } = exchange.runtime;
  const skill = find(live, user.actor.tenant, 'skill', id);
  return settled(exchange, () => {
    const now = skillsNow(exchange, user);
    const after = now?.filter((one) => one.skill !== skill?.actor.id);
    if (now === undefined || after === undefined || after.length === now.length) return notFound('Skill', id);
    return skillsChange(user, now, after);
  });
}

async function withLevel(
  exchange: Exchange,
  user: Found<User>,
  skill: Found<Skill>,
  how: 'assign' | 'change',
): Promise<Answer> {
  const fields = fieldsOf(z.object({ level: level.optional() }), exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  const { id } = skill.actor;
  return settled(exchange, () => {
    const now = skillsNow(exchange, user);
    const held = now?.find((one) => one.skill === id);
    if (held === undefined && how === 'change') return notFound('Skill', skill.id);
    const wanted: SkillLevel = { skill: id, level: fields.value.level ?? held?.level ?? 0 };
    const kept = (now ?? []).filter(
      (one) => get(exchange.runtime.live, user.actor.tenant, 'skill', one.skill) !== undefined,
    );
    const after = held === undefined ? [...kept, wanted] : kept.map((one) => (one.skill === id ? wanted : one));
    return skillsChange(user, now, after);
  });
}

function skillsNow({ runtime }: Exchange, { actor }: Found<User>): Held {
  return get(runtime.live, actor.tenant, 'user', actor.id)?.attributes.skills;
}

/** As the record has them; undefined where it has never had any. */
type Held = readonly SkillLevel[] | undefined;

function skillsChange(user: Found<User>, before: Held, after: readonly SkillLevel[]): Decision {
  const event = { type: 'change', expect: { skills: before ?? null }, set: { skills: after } };
  return { deliveries: [{ to: user.actor, event }] };
}
