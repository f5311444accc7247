/**
 * Events and answers of ARI, as far as they are read here. Whatever else they hold may be there or not.
 * Source: Asterisk's own rest-api documents (events.json, channels.json, bridges.json, endpoints.json), version 22.
 */
import { z } from 'zod';

const text = z.string();

export const ariChannel = z.looseObject({
  id: text,
  /** `PJSIP/101-00000005`. */
  name: text,
  /** `Down`, `Ring` (it calls us), `Ringing` (it is called), `Up`, and some that are passed through. */
  state: text,
  caller: z.looseObject({ name: text, number: text }),
  dialplan: z.looseObject({ app_name: text.optional(), app_data: text.optional() }),
});
export type AriChannel = z.infer<typeof ariChannel>;
export const ariChannels = z.array(ariChannel);

export const ariBridge = z.looseObject({ id: text, channels: z.array(text) });
export const ariBridges = z.array(ariBridge);

/** `state`: `online`, `offline` or `unknown`. */
const endpoint = z.looseObject({ technology: text, resource: text, state: text.optional() });
export const ariEndpoints = z.array(endpoint);
export type AriEndpoint = z.infer<typeof endpoint>;

const json = z.string().transform((message, context) => {
  try {
    return JSON.parse(message) as unknown;
  } catch {
    context.addIssue('is no JSON');
    return z.NEVER;
  }
});

const ariAnswer = z.looseObject({
  type: z.literal('RESTResponse'),
  request_id: text,
  status_code: z.int(),
  message_body: json.optional(),
});
export type AriAnswer = z.infer<typeof ariAnswer>;

const about = { channel: ariChannel };
const recording = z.looseObject({ name: text });

const ariEvent = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('StasisStart'), args: z.array(text), ...about }),
  z.looseObject({ type: z.literal('StasisEnd'), ...about }),
  z.looseObject({ type: z.literal('ChannelStateChange'), ...about }),
  z.looseObject({ type: z.literal('Dial'), dialstatus: text, peer: ariChannel }),
  z.looseObject({
    type: z.literal('ChannelDestroyed'),
    /** Of Q.850. */
    cause: z.int(),
    ...about,
  }),
  z.looseObject({ type: z.literal(['ChannelHold', 'ChannelUnhold']), ...about }),
  z.looseObject({ type: z.literal('ChannelDtmfReceived'), digit: text, ...about }),
  z.looseObject({
    type: z.literal('ChannelTransfer'),
    /** How our own answer fares; absent when the phone asks. */
    state: text.optional(),
    refer_to: z.looseObject({
      requested_destination: z.looseObject({ destination: text.optional() }),
      destination_channel: ariChannel.optional(),
    }),
    referred_by: z.looseObject({ source_channel: ariChannel }),
  }),
  z.looseObject({ type: z.literal(['PeerStatusChange', 'ContactStatusChange', 'EndpointStateChange']), endpoint }),
  z.looseObject({ type: z.literal('RecordingStarted'), recording }),
  z.looseObject({ type: z.literal('RecordingFailed'), recording }),
  z.looseObject({ type: z.literal('ApplicationReplaced') }),
]);
export type AriEvent = z.infer<typeof ariEvent>;

const ariMessage = json.pipe(z.union([ariAnswer, ariEvent]));

/** Undefined for what nobody here reads. */
export function ariMessageIn(message: string): AriAnswer | AriEvent | undefined {
  return ariMessage.safeParse(message).data;
}
