/**
 * One socket, from its upgrade to its end. The first message must be `connect`, in time; then events are written to it.
 * It never holds more than a bound of unsent bytes: who does not read is cut off, and resumes with `since`.
 */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { digestOf } from '../../../model/digest.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Caller } from '../caller.ts';
import { parseLenientObject } from '../lenient-json.ts';
import type { Audience } from './audience.ts';
import { textFrame } from './frame.ts';

export interface SocketLimits {
  /** How long the first message may take. */
  readonly connectMs: number;
  readonly pingMs: number;
  /** Unsent bytes at which a socket is cut off. */
  readonly unsentBytesMax: number;
  /** Unsent bytes at which a replay waits for its reader. */
  readonly replayBytesMax: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  connectMs: 10_000,
  pingMs: 20_000,
  unsentBytesMax: 1024 * 1024,
  replayBytesMax: 64 * 1024,
};

/** Where a client wants to go on: after a log position, or after the given part of the record at that position. */
export interface Since {
  readonly position: number;
  readonly part: number | undefined;
}

export interface Connect {
  readonly token: string;
  /** Undefined: from now on. */
  readonly since: Since | 'unreadable' | undefined;
}

/** What a socket is closed with that may not stay. */
export type Refusal = 'Unauthorized' | 'Invalid since';

const CONFIRMATION = textFrame('{"success":true,"request":"connect"}');
/** Opens nothing. */
const NO_TOKEN = '';
const POLICY_VIOLATION = 1008;
const UNSUPPORTED_DATA = 1003;
const GOING_AWAY = 1001;

export class Session {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #limits: SocketLimits;
  #alive = true;
  /** Set while connected. */
  admitted: Admitted | undefined;

  constructor(socket: WebSocket, stream: Duplex, limits: SocketLimits) {
    this.#socket = socket;
    this.#stream = stream;
    this.#limits = limits;
    socket.on('pong', () => {
      this.#alive = true;
    });
    // A broken frame, one that is too large, or a reset: ws closes the socket itself.
    socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Every text message that is a connect; anything else is handed over as undefined. Binary ends the socket. */
  onMessage(take: (connect: Connect | undefined) => void): void {
    this.#socket.on('message', (data, isBinary) => {
      if (isBinary) this.#socket.close(UNSUPPORTED_DATA);
      else if (this.isOpen) take(parseConnect(data));
    });
  }

  onClose(take: () => void): void {
    this.#socket.on('close', take);
  }

  /** Bytes of whole frames. False when the socket was cut off for not reading, or is no longer open. */
  write(frames: Buffer): boolean {
    if (!this.isOpen) return false;
    if (this.#stream.writableLength > this.#limits.unsentBytesMax) {
      this.#socket.terminate();
      return false;
    }
    this.#stream.write(frames);
    return true;
  }

  /** Resolves when the reader has caught up so far that more may be written, or the socket is gone. */
  async caughtUp(): Promise<void> {
    while (this.isOpen && this.#stream.writableLength > this.#limits.replayBytesMax) {
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          this.#stream.off('drain', settle).off('close', settle);
          resolve();
        };
        this.#stream.on('drain', settle).on('close', settle);
      });
    }
  }

  /** Goes before the first event. */
  confirm(): void {
    this.write(CONFIRMATION);
  }

  refuse(reason: Refusal): void {
    this.#socket.close(POLICY_VIOLATION, reason);
  }

  goAway(): void {
    this.#socket.close(GOING_AWAY);
  }

  /** Cuts off who did not answer the last ping, and sends the next. */
  ping(): void {
    if (!this.#alive) this.#socket.terminate();
    else if (this.isOpen) {
      this.#alive = false;
      this.#socket.ping();
    }
  }
}

/** What makes a session connected. */
export interface Admitted {
  readonly secret: string;
  /** SHA-256 of the token: how its record is known. */
  readonly sha256: string;
  readonly caller: Caller;
  readonly audience: Audience;
}

export function admittedAs(secret: string, as: { readonly caller: Caller; readonly audience: Audience }): Admitted {
  return { secret, sha256: digestOf(secret), ...as };
}

function parseConnect(data: RawData): Connect | undefined {
  const message = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  const body = parseLenientObject(message);
  if (body?.request !== 'connect') return undefined;
  const { token } = body;
  return { token: typeof token === 'string' ? token.trim() : NO_TOKEN, since: sinceOf(body) };
}

/** A client that has heard nothing yet may say so with null. */
function sinceOf({ since, part }: JsonObject): Connect['since'] {
  if (since === undefined || since === null) return undefined;
  const position = wholeNumber(since);
  const after = part === undefined ? undefined : wholeNumber(part);
  return position === undefined || (part !== undefined && after === undefined)
    ? 'unreadable'
    : { position, part: after };
}

function wholeNumber(value: JsonObject[string] | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
