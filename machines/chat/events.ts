/**
 * What a chat takes, who sends it, and when. `open` and `close` are told by the service it belongs to; the rest are
 * commands of the people in it: the customer through GMS, agents through the native API. Refusals are in `REASONS`.
 */
import { z } from 'zod';
import { id, name, text } from '../fields.ts';

const REASONS = [
  /** The chat is over. */
  'ended',
  'unknownParticipant',
  'alreadyIn',
  'tooManyParticipants',
] as const;
export type Reason = (typeof REASONS)[number];

/** People in a chat at a time. */
export const PARTICIPANTS_MAX = 16;
export const MESSAGE_CHARS_MAX = 4096;
/** The customer, who opens the chat and whose leaving ends it. */
export const CLIENT = 'client';

const participant = { participant: id };
const message = z.string().min(1).max(MESSAGE_CHARS_MAX);

export const chatEvents = {
  open: z.strictObject({
    type: z.literal('open'),
    service: id,
    /** Whom pushes are addressed to. */
    user: text(128).exactOptional(),
    nickname: name,
    subject: text(256).exactOptional(),
    /** What the customer says with it. */
    text: message.exactOptional(),
  }),
  /** Agents, supervisors. Refused with `alreadyIn`, `tooManyParticipants`. */
  join: z.strictObject({
    type: z.literal('join'),
    ...participant,
    nickname: name,
    party: z.enum(['AGENT', 'SUPERVISOR', 'EXTERNAL']),
  }),
  /** Refused with `unknownParticipant`, as all that follow. */
  say: z.strictObject({ type: z.literal('say'), ...participant, text: message }),
  typing: z.strictObject({ type: z.literal('typing'), ...participant, isTyping: z.boolean() }),
  /** An address to be opened at the other end. */
  pushUrl: z.strictObject({ type: z.literal('pushUrl'), ...participant, url: message }),
  notify: z.strictObject({ type: z.literal('notify'), ...participant, text: message }),
  /** The chat ends when the customer leaves. */
  leave: z.strictObject({ type: z.literal('leave'), ...participant }),
  close: z.strictObject({ type: z.literal('close') }),
};

type Of<Type extends keyof typeof chatEvents> = z.infer<(typeof chatEvents)[Type]>;
export type ChatEvent = { [Type in keyof typeof chatEvents]: Of<Type> }[keyof typeof chatEvents];
