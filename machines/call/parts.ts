/**
 * What the events of a call are made of: ends, queue entries, legs that move, causes; and the bounds that keep a record
 * small. The types that the schemas give stand at the end.
 */
import { z } from 'zod';
import { dialled, id, ms, text, time } from '../fields.ts';

/** Bytes of the user data as JSON: a record may hold them twice (event and state) and must stay below 64 KiB. */
export const USER_DATA_BYTES_MAX = 24 * 1024;
/** Legs that a call ever has, released ones that are still remembered included. */
export const LEGS_MAX = 16;
/** People in one conversation at a time. */
export const UP_LEGS_MAX = 8;
export const CONSULTS_MAX = 4;
/** Supervisors who listen in at a time. */
export const MONITORS_MAX = 4;

export const direction = z.enum(['inbound', 'outbound', 'internal']);
/** Rises with every report of a phone about a leg; a switch that keeps no count may take the time, in ms. */
export const order = z.int().min(0);

export const recordingMode = z.enum(['None', 'Mandatory', 'On Demand']);

/** Why a leg ended; the last one that mattered is the cause of the call's end. */
export const cause = z.enum([
  'hangup',
  'killed',
  'abandoned',
  'noAnswer',
  'busy',
  'rejected',
  'unreachable',
  'failed',
  'transferred',
  'conferenced',
  'forwarded',
  'withdrawn',
  'dropped',
  'closed',
  'lost',
]);

export const failure = z.enum(['busy', 'noAnswer', 'rejected', 'unreachable', 'failed']);

/** One end of a call to be: the id of its leg (unique among all legs of all calls), and who is there. */
export const end = z.strictObject({
  leg: id,
  /** As dialled, or the caller's number; '' when withheld. */
  number: text(64),
  name: text(128).exactOptional(),
  /** Extension of our own on which the leg runs; absent for the outside world. */
  line: dialled.exactOptional(),
  /** The agent who sits there. */
  agent: id.exactOptional(),
  recording: recordingMode.exactOptional(),
  /** Of `transferWaiting`: counts as queue work of that agent although no offer was made (a call pulled from the queue). */
  acd: z.boolean().exactOptional(),
  /** How long it may ring before the switch gives up. */
  ringMs: ms.exactOptional(),
});

export const queue = z.strictObject({
  queue: id,
  name: text(128).exactOptional(),
  /** Higher first; 0 unless said. */
  priority: z.int().min(0).max(1000).exactOptional(),
  /** Skills the agent needs, with the least level. */
  skills: z
    .record(text(64), z.int().min(0).max(1000))
    .refine((skills) => Object.keys(skills).length <= 32)
    .exactOptional(),
  /** Wrap-up of the agent who takes it; his own rule unless said. */
  wrapUpMs: ms.exactOptional(),
  /** A caller who leaves before this counts as short-abandoned; 5 s unless said. */
  shortAbandonMs: ms.exactOptional(),
  /** Lets the caller hear it ring while he waits, instead of music. */
  rings: z.literal(true).exactOptional(),
});

export const userData = z.record(z.string().min(1).max(256), z.json());

/** The service session whose access number the caller dialled. */
export const reservation = z.strictObject({ service: id, accessNumber: dialled, accessCode: text(32).exactOptional() });

/** A leg as it stands in the call that gives it away (`Leg` in context.ts). */
export const movedLeg = z.strictObject({
  id,
  kind: z.enum(['caller', 'callee', 'agent', 'party']),
  number: text(64),
  name: text(128).exactOptional(),
  line: dialled.exactOptional(),
  agent: id.exactOptional(),
  state: z.enum(['dialing', 'ringing', 'established', 'held']),
  since: time,
  startedAt: time,
  answeredAt: time.exactOptional(),
  muted: z.literal(true).exactOptional(),
  work: z.strictObject({ queue: id, name: text(128).exactOptional(), wrapUpMs: ms.exactOptional() }).exactOptional(),
  recording: recordingMode.exactOptional(),
  ringMs: ms.exactOptional(),
  incoming: z.literal(true).exactOptional(),
  joinedFrom: id.exactOptional(),
  order: order.exactOptional(),
});

/** Of every call to be: what is known of it beside its ends. */
export const about = {
  /** Shared by all calls that belong together (a consult and its original); the call's own id unless said. */
  linkedId: id.exactOptional(),
  direction,
  /** The number dialled, sanitised; the target may be another, behind a queue or a forward. */
  to: text(64),
  toName: text(128).exactOptional(),
  userData: userData.exactOptional(),
  reservation: reservation.exactOptional(),
};

/** What a consult may lead to. */
export const purpose = z.enum(['transfer', 'conference', 'any']);

/** Of an event about one leg: which. */
export const leg = { leg: id };

export type End = z.infer<typeof end>;
export type QueueEntry = z.infer<typeof queue>;
export type UserData = z.infer<typeof userData>;
export type Reservation = z.infer<typeof reservation>;
export type Direction = z.infer<typeof direction>;
export type RecordingMode = z.infer<typeof recordingMode>;
export type Cause = z.infer<typeof cause>;
