/**
 * What a service takes, who sends it, and when. Two families:
 * - commands of its customer, through the GMS dialect or the native API; they may be refused, with one of `REASONS`;
 * - what a call, its reservation and its chat have to tell; `reserved` alone may be refused.
 * Access codes never come here: records of services are public, codes are the reservation's.
 */
import { z } from 'zod';
import { isUsableId } from '../../src/model/actor-id.ts';
import { dialled, id, name, text, time } from '../fields.ts';

const REASONS = [
  'exists',
  /** Expired or deleted. */
  'ended',
  'storageTooLarge',
  'tooManyKeys',
  'filesTooLarge',
  /** Not a service that people chat in. */
  'noChat',
  'chatOpen',
] as const;
export type Reason = (typeof REASONS)[number];

/** Bytes of everything stored, as JSON: a record holds it twice (event and state), and user data of a call takes as much. */
export const STORAGE_BYTES_MAX = 24 * 1024;
export const KEYS_MAX = 256;
/** Bytes of the files a service refers to, together. */
export const FILES_BYTES_MAX = 256 * 1024 * 1024;
/** Ten years: longer lives have no end. */
export const TTL_MS_MAX = 10 * 366 * 86_400_000;

/** True for a key that can be stored, and asked for in a path. */
export function isStorageKey(key: string): boolean {
  return isUsableId(key) && key !== '__proto__';
}

const key = z.string().refine(isStorageKey, 'not usable as a key');

/** A file in the blob store, by the SHA-256 (hex) of its bytes. */
const file = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  contentType: z.string().min(1).max(128),
  fileName: text(255),
});

const stored = { texts: z.record(key, z.string()), files: z.record(key, file) };
const user = text(128);
const phoneNumber = text(64);
const ttlMs = z.int().min(0).max(TTL_MS_MAX);

export const serviceEvents = {
  /** Customer: starts a service. Without `ttlMs` it lives until it is deleted. Refused as `store` is. */
  create: z.strictObject({
    type: z.literal('create'),
    /** Name under which it was asked for. */
    configuration: name,
    /** What it does, such as `request-interaction`. */
    service: name,
    /** Whom pushes are addressed to (`gms_user`). */
    user: user.exactOptional(),
    phoneNumber: phoneNumber.exactOptional(),
    ttlMs: ttlMs.exactOptional(),
    ...stored,
  }),
  /** Customer: adds and replaces keys; a key is a text or a file. Refused with `storageTooLarge`, `tooManyKeys`, `filesTooLarge`. */
  store: z.strictObject({ type: z.literal('store'), ...stored }),
  /** Customer: one key, or none when there is none of that name. */
  removeKey: z.strictObject({ type: z.literal('removeKey'), key }),
  clearStorage: z.strictObject({ type: z.literal('clearStorage') }),
  /** Customer: lives for `ttlMs` from now, or until `expiresAt` (ms since 1970); `ttlMs` wins. */
  setExpiration: z.strictObject({
    type: z.literal('setExpiration'),
    ttlMs: ttlMs.exactOptional(),
    expiresAt: time.exactOptional(),
  }),
  /** Customer: the number he is matched by, instead of the one he began with. */
  setPhoneNumber: z.strictObject({ type: z.literal('setPhoneNumber'), phoneNumber }),
  /** Customer: service and storage are gone; reservation and chat end in the same turn. */
  delete: z.strictObject({ type: z.literal('delete') }),
  /**
   * Connector, in the turn in which the call arrives: it came in by the access number, which is given back. Never refused,
   * since no caller may be lost over it; a service that has no number any more is not tied to the call.
   */
  linkCall: z.strictObject({ type: z.literal('linkCall'), call: id }),
  /** Customer: opens a chat under that id. Refused with `noChat`, `chatOpen`. */
  startChat: z.strictObject({
    type: z.literal('startChat'),
    chat: id,
    /** Whom its pushes are addressed to, instead of the service's. */
    user: user.exactOptional(),
    nickname: name,
    subject: text(256).exactOptional(),
    /** What the customer says with it. */
    text: z.string().min(1).exactOptional(),
  }),

  /** Its reservation: an access number leads here. Refused with `ended`. */
  reserved: z.strictObject({
    type: z.literal('reserved'),
    accessNumber: dialled,
    expiresAt: time.nullable(),
  }),
  /** Its reservation: the access number was matched, or its time is over. */
  'reservation.ended': z.strictObject({ type: z.literal('reservation.ended'), how: z.enum(['matched', 'expired']) }),
  /** Its chat: over. */
  'chat.ended': z.strictObject({ type: z.literal('chat.ended'), chat: id }),
};

type Of<Type extends keyof typeof serviceEvents> = z.infer<(typeof serviceEvents)[Type]>;

export type EventOf<Type extends keyof typeof serviceEvents> = Of<Type>;
export type ServiceEvent = { [Type in keyof typeof serviceEvents]: Of<Type> }[keyof typeof serviceEvents];
export type StoredFile = z.infer<typeof file>;
export type Texts = Readonly<Record<string, string>>;
export type Files = Readonly<Record<string, StoredFile>>;
