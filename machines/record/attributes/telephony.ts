/**
 * What is known of extensions, devices, places and access numbers.
 */
import { z } from 'zod';
import { aliases, dialled, id, name, text } from '../../fields.ts';

/** An internal number: the line of a person, or one that is free. Its number is a claim of the record. */
export const extension = z.strictObject({
  number: dialled,
  aliases: aliases.exactOptional(),
  user: id.exactOptional(),
  firstName: text(128).exactOptional().describe('Of the person, where there is no user record for him.'),
  lastName: text(128).exactOptional(),
  isAgent: z.boolean().exactOptional().describe('Whether presence can be set for it.'),
  recording: z.enum(['none', 'mandatory', 'onDemand']).exactOptional(),
  monitored: z.boolean().exactOptional(),
  chatsMax: z.int().min(0).max(6).exactOptional(),
  multimedia: z.boolean().exactOptional(),
});

/** A telephone. Rings when its number is called. */
export const device = z.strictObject({
  phoneNumber: dialled,
  aliases: aliases.exactOptional(),
  extension: id.exactOptional().describe('Id of the extension record it belongs to.'),
  user: id.exactOptional(),
  place: id.exactOptional(),
  active: z.boolean().exactOptional(),
  e164Number: text(32).exactOptional(),
  network: z.enum(['private', 'public']).exactOptional(),
  voiceEnvironment: id.exactOptional(),
  channels: z.array(text(32)).max(8).exactOptional(),
  type: text(64).exactOptional(),
  vendor: text(128).exactOptional(),
  model: text(128).exactOptional(),
  country: text(64).exactOptional(),
  location: text(128).exactOptional(),
  description: text(1024).exactOptional(),
  /** Sections of settings by name, each a list in order. */
  settings: z
    .record(text(64), z.array(z.strictObject({ name: text(128), value: text(1024) })).max(128))
    .exactOptional(),
});

/** A desk with devices on it. */
export const place = z.strictObject({
  name,
  aliases: aliases.exactOptional(),
  devices: z.array(id).max(16).exactOptional(),
});

/** Access numbers that services reserve. */
export const resourceGroup = z.strictObject({
  name,
  numbers: z.array(dialled).max(1024),
  allocation: z
    .enum(['random', 'local', 'cluster'])
    .exactOptional()
    .describe('`random` shares a number; the others lock it until match, expiry or deletion.'),
  accessCodePrefix: text(16).exactOptional().describe('A digit or a range such as `7-9` that access codes begin with.'),
});

export type Extension = z.infer<typeof extension>;
export type Device = z.infer<typeof device>;
export type Place = z.infer<typeof place>;
export type ResourceGroup = z.infer<typeof resourceGroup>;
