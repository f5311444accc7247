/**
 * What is known of queues and of the words around them: skills, presence options, call qualifications.
 */
import { z } from 'zod';
import { aliases, count, dialled, id, ms, name, text } from '../../fields.ts';
import { skillLevel } from './people.ts';

const overflow = dialled
  .exactOptional()
  .describe('Where a call goes that cannot stay: a number or extension. Absent: it is hung up on, or goes on waiting.');

/** A voice queue. Ringing time and wrap-up that are absent are the tenant's. */
export const queue = z.strictObject({
  name,
  displayName: text(128).exactOptional(),
  aliases: aliases.exactOptional(),
  extension: dialled,
  alternateExtensions: z.array(dialled).max(64).exactOptional(),
  accessNumbers: z.array(dialled).max(64).exactOptional().describe('Numbers of the outside world that lead here.'),
  members: z
    .array(z.strictObject({ agent: id, penalty: count.exactOptional() }))
    .max(500)
    .describe('Agent ids of this tenant. A higher penalty is asked later.'),
  skills: z.array(skillLevel).max(32).exactOptional().describe('Levels an agent must have at least.'),
  priority: z.int().min(0).max(1000).exactOptional().describe('Higher goes first.'),
  ringMs: ms.exactOptional().describe('How long it rings at an agent; absent: as his rules or the tenant’s say.'),
  wrapUpMs: ms.exactOptional().describe('Wrap-up after its calls; absent: as the agent’s rules or the tenant’s say.'),
  serviceLevelMs: ms.exactOptional(),
  shortAbandonMs: ms.exactOptional().describe('An abandoned call shorter than this is not counted as abandoned.'),
  isClosed: z.boolean().exactOptional(),
  waitingMax: count.exactOptional().describe('Calls that may wait; one more is full.'),
  waitMsMax: ms.exactOptional(),
  onClosed: overflow,
  onFull: overflow,
  onWaitedTooLong: overflow,
  onNoAgents: overflow,
  ringsWhileWaiting: z.boolean().exactOptional().describe('Rings the caller’s side instead of playing music.'),
  recording: z.enum(['none', 'mandatory', 'onDemand']).exactOptional(),
});

/** Calls out on behalf of a queue. */
export const outboundQueue = z.strictObject({
  name,
  aliases: aliases.exactOptional(),
  extension: dialled.exactOptional(),
  alternateExtensions: z.array(dialled).max(64).exactOptional(),
  callerIdName: text(128).exactOptional(),
  callerIdNumber: dialled.exactOptional(),
});

/**
 * A number in front of the queues: calls to it go on to another one. Conditional routes and virtual routing queues are two
 * kinds of it, which differ in name and permission alone.
 */
export const routingNumber = z.strictObject({
  name,
  aliases: aliases.exactOptional(),
  extension: dialled.exactOptional(),
  alternateExtensions: z.array(dialled).max(64).exactOptional(),
  leadsTo: dialled
    .exactOptional()
    .describe('A number of the tenant or of the world outside. Absent: calls to it lead nowhere.'),
});

export const skill = z.strictObject({
  name,
  description: text(1024).exactOptional(),
  aliases: aliases.exactOptional(),
});

/** A named way of being away or signed out. `Ready` is no option. */
export const presenceOption = z.strictObject({
  name,
  kind: z.enum(['away', 'signOut']),
  aliases: aliases.exactOptional(),
});

/** An operation of the GWS dialect that sets a presence of its own, beside the built-in ones. */
export const agentState = z.strictObject({
  operationName: name,
  displayName: name,
  state: z.enum(['ready', 'notReady', 'loggedOut']),
  workMode: text(64).exactOptional(),
  reason: text(128).exactOptional(),
  aliases: aliases.exactOptional(),
});

/** What a call was about, chosen by the agent after it: a heading with its sub-qualifications. */
export const qualification = z.strictObject({
  name,
  aliases: aliases.exactOptional(),
  queues: z.array(id).max(64).describe('Ids of the queues that offer it.'),
  subQualifications: z.array(z.strictObject({ id: count, name })).max(128),
});

/** One agent's answer about one call. Agent and queue are numbers here, as the dialect that has answers knows them. */
export const qualificationAnswer = z.strictObject({
  number: count,
  subQualification: count,
  answeredAt: text(32).describe('`YYYY-MM-DD HH:MM:SS`, as it was given.'),
  call: text(128),
  agent: count,
  queue: count,
  firstName: text(255).exactOptional(),
  lastName: text(255).exactOptional(),
  comment: text(4096).exactOptional(),
  customData: text(4096).exactOptional(),
});

export type Queue = z.infer<typeof queue>;
export type OutboundQueue = z.infer<typeof outboundQueue>;
export type RoutingNumber = z.infer<typeof routingNumber>;
export type Skill = z.infer<typeof skill>;
export type PresenceOption = z.infer<typeof presenceOption>;
export type AgentState = z.infer<typeof agentState>;
export type Qualification = z.infer<typeof qualification>;
export type QualificationAnswer = z.infer<typeof qualificationAnswer>;
