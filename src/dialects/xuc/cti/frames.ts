/**
 * Frames of the CTI socket (contract 2.3): `{"msgType","ctiMessage"}` to the client, `{"claz","command",…}` from it.
 */
import { isJsonObject, parseJson } from '../../../http/body.ts';
import type { Json, JsonObject } from '../../../model/json.ts';

export interface Frame {
  readonly msgType: string;
  readonly ctiMessage: Json;
}

export function frame(msgType: string, ctiMessage: Json): Frame {
  return { msgType, ctiMessage };
}

/** Every refusal of this socket is one of these, or an AgentError of the same form. */
export function errorFrame(text: string, msgType = 'Error'): Frame {
  return frame(msgType, { Error: text });
}

export function hintFrame(number: string, status: number): Frame {
  return frame('PhoneHintStatusEvent', { number, status });
}

/** The client closes after three pings without any frame: this is one. */
export const PONG = JSON.stringify({ msgType: 'ping' });

export type Received =
  | { readonly kind: 'ping' }
  | { readonly kind: 'command'; readonly command: string; readonly fields: JsonObject }
  | { readonly kind: 'junk'; readonly problem: string };

const COMMAND_CHARS_MAX = 64;

export function readFrame(bytes: Uint8Array): Received {
  const parsed = parseJson(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value)) return { kind: 'junk', problem: 'A frame must be a JSON object' };
  const { claz, command, ...fields } = parsed.value;
  if (claz === 'ping') return { kind: 'ping' };
  if (claz !== 'web' || typeof command !== 'string' || command.length > COMMAND_CHARS_MAX) {
    return { kind: 'junk', problem: 'A frame must be {"claz":"web","command":"…"} or {"claz":"ping"}' };
  }
  return { kind: 'command', command, fields };
}
