/**
 * Skills of the contact centre, and which of them a user has, how well (genesys.md §1.5).
 * A removed skill disappears from users because nothing reads it there any more; ids are never used again.
 */
import { z } from 'zod';
import type { SkillLevel, User } from '../../../machines/record/attributes/people.ts';
import type { Skill } from '../../../machines/record/attributes/queues.ts';
import { derivedId } from '../../http/command-id.ts';
import type { Delivery } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Answer, type Exchange, notFound, refused, settled, submitted } from './exchange.ts';
import { type Fields, fieldsOf, missingAmong, present, readOnlyAmong } from './fields.ts';
import { type Found, find, get } from './found.ts';
import { path } from './links.ts';
import { skillBody } from './render.ts';

const attributes = z.object({
  name: z.string().min(1).max(128).optional(),
  description: z.string().max(1024).optional(),
});
const LEVEL_RULE = 'is no level from 0 to 100';
/** Levels are texts on the wire; numbers are understood. */
const level = z
  .union([z.string().regex(/^\d{1,3}$/, LEVEL_RULE), z.int()], LEVEL_RULE)
  .transform(Number)
  .pipe(z.int().min(0, LEVEL_RULE).max(100, LEVEL_RULE));

export async function createSkill(exchange: Exchange): Promise<Answer> {
  const made = newSkill(exchange);
  return made.ok ? submitted(exchange, [made.value.birth], made.value.body) : refused(made.refusal);
}

/** Creates and assigns in one (S002:101). */
export async function createAndAssignSkill(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const made = newSkill(exchange);
  if (!made.ok) return refused(made.refusal);
  const fields = fieldsOf(z.object({ level: level.optional() }), exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  const { birth, body } = made.value;
  return settled(exchange, () => {
    const now = skillsNow(exchange, user);
    const kept = (now ?? []).filter(({ skill }) => skill !== birth.to.id);
    const assigned = skillsChange(user, now, [...kept, { skill: birth.to.id, level: fields.value.level ?? 0 }]);
    return { deliveries: [birth, assigned], body };
  });
}

interface Made {
  readonly birth: Delivery;
  readonly body: JsonObject;
}

function newSkill({ body, commandId, uri, options, caller }: Exchange): Fields<Made> {
  const refusal = missingAmong(body, ['name']) ?? readOnlyAmong(body);
  if (refusal !== undefined) return { ok: false, refusal };
  const fields = fieldsOf(attributes, body);
  if (!fields.ok) return fields;
  const { tenant } = caller.user.actor;
  const id = derivedId(tenant, commandId);
  const at = path('skills', id);
  const birth = { to: { tenant, kind: 'skill', id }, event: { type: 'create', attributes: present(fields.value) } };
  return { ok: true, value: { birth, body: { id, uri: uri(at), ...(options.profile === 'ext' ? { path: at } : {}) } } };
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
  const refusal = missingAmong(exchange.body, ['level']);
  if (refusal !== undefined) return refused(refusal);
  return withLevel(exchange, user, skill, 'change');
}

export async function unassignSkill(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  const { live } = exchange.runtime;
  const skill = find(live, user.actor.tenant, 'skill', id);
  return settled(exchange, () => {
    const now = skillsNow(exchange, user);
    const after = now?.filter((one) => one.skill !== skill?.actor.id);
    if (now === undefined || after === undefined || after.length === now.length) return notFound('Skill', id);
    return { deliveries: [skillsChange(user, now, after)] };
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
    return { deliveries: [skillsChange(user, now, after)] };
  });
}

function skillsNow({ runtime }: Exchange, { actor }: Found<User>): Held {
  return get(runtime.live, actor.tenant, 'user', actor.id)?.attributes.skills;
}

/** As the record has them; undefined where it has never had any. */
type Held = readonly SkillLevel[] | undefined;

function skillsChange(user: Found<User>, before: Held, after: readonly SkillLevel[]): Delivery {
  const event = { type: 'change', expect: { skills: before ?? null }, set: { skills: after } };
  return { to: user.actor, event };
}
