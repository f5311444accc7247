/**
 * What is known of people: who they are, what they may do, and what is theirs.
 */
import { z } from 'zod';
import { aliases, dialect, dialled, id, name, text } from '../../fields.ts';

/** How well a person or a call knows or needs a skill. */
export const skillLevel = z.strictObject({ skill: id, level: z.int().min(0).max(100) });

/** A person. Administrators of everything live in the installation. */
export const user = z.strictObject({
  firstName: name,
  lastName: text(128).describe('Empty for who has one name only.'),
  aliases: aliases.exactOptional(),
  enabled: z.boolean().exactOptional(),
  emailAddress: text(255).exactOptional(),
  changePasswordOnFirstLogin: z.boolean().exactOptional(),
  logins: z
    .array(z.strictObject({ dialect, name }))
    .max(8)
    .exactOptional()
    .describe('The names he signs in with, one per dialect; each is a claim of the record as well.'),
  roles: z
    .array(z.enum(['agent', 'supervisor', 'admin', 'apiuser']))
    .max(4)
    .describe('What he is: decides what the GWS dialect and the console offer.'),
  permissionRoles: z.array(id).max(32).exactOptional().describe('Ids of role records, whose permissions add up.'),
  telco: id.exactOptional().describe('Set for people of a telco, who see its tenants.'),
  agent: id.exactOptional().describe('Id of his agent actor, in the same tenant. Whoever has a line has one.'),
  agentNumber: dialled.exactOptional().describe('The number he signs in with as an agent; a claim as well.'),
  extensions: z.array(id).max(16).exactOptional().describe('Ids of extension records, the one he works on first.'),
  devices: z.array(id).max(16).exactOptional().describe('Ids of device records, in the order they were assigned.'),
  skills: z.array(skillLevel).max(128).exactOptional(),
  features: z.array(text(64)).max(64).exactOptional(),
});

/** An entry of a person's own address book. */
export const contact = z.strictObject({
  user: id.describe('User id of the owner.'),
  firstName: text(255).exactOptional(),
  lastName: text(255).exactOptional(),
  number: text(255).exactOptional(),
  mobile: text(255).exactOptional(),
  fax: text(255).exactOptional(),
  email: text(255).exactOptional(),
  company: text(255).exactOptional(),
  favourite: z.boolean().exactOptional(),
});

/** Settings of one user, or of the tenant where `user` is absent, under one section name. */
export const preference = z.strictObject({
  user: id.exactOptional(),
  section: name,
  values: z.record(text(128), z.strictObject({ value: text(4096), type: text(32).exactOptional() })),
});

/** The token under which a person's telephone can be woken: one per user and platform, the last one registered. */
export const pushToken = z.strictObject({ user: id, platform: z.enum(['android', 'ios']), token: text(4096) });

export type SkillLevel = z.infer<typeof skillLevel>;
export type User = z.infer<typeof user>;
export type Contact = z.infer<typeof contact>;
export type Preference = z.infer<typeof preference>;
