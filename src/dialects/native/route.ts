/**
 * What a route of the native API is: data that says who may use it and what it takes, and a function from a parsed,
 * authorised request to a reply. Handlers know no HTTP server; routes.ts wires them, openapi.ts describes them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodType } from 'zod';
import type { Submitted } from '../../http/command-id.ts';
import type { Routed } from '../../http/route-table.ts';
import type { Principal, Scope } from '../../identity/principal.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, Receipt } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { WhoAsks } from './auth.ts';
import type { Refusal } from './errors.ts';

/** A request that was found, authorised and parsed. `Body` is what the route's schema gives out. */
export interface Ask<Body = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly principal: Principal;
  /** Live, or the moment of As-Of. Authorisation is always the live view's. */
  readonly view: View;
  /** The caller's Idempotency-Key, or a fresh id. */
  readonly commandId: string;
  /** Submits deliveries as one command of this request. */
  submit(tenant: string, deliveries: readonly Delivery[]): Promise<Submitted>;
  /** Asks again who is asking, for answers that last. */
  readonly who: WhoAsks;
  readonly request: IncomingMessage;
}

export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: Json;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Takes the response over. Called once, after the headers every answer has. */
  | { readonly kind: 'stream'; open(response: ServerResponse): void }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** Absent: any text. */
  readonly schema?: JsonObject;
}

/** Parameters of every list. */
export const PAGE: readonly Parameter[] = [
  {
    name: 'limit',
    description: 'How many, 1 to 1000; 100 when absent.',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
  { name: 'cursor', description: 'The `next` of the page before.' },
];

export interface Success {
  /** 200 when absent. */
  readonly status?: number;
  /** In words, what the schema cannot say. */
  readonly description?: string;
  /** Of the JSON body. */
  readonly body?: ZodType;
  /** Of a body that is not one JSON value. */
  readonly types?: readonly string[];
}

/** What is told of a route; it is all there is of one that is no request and its answer. */
export type RouteDescription = Omit<NativeRoute, 'handle'>;

export interface NativeRoute extends Routed {
  readonly summary: string;
  /** What the caller's token must be for. There is no route without one: nothing is open by omission. */
  readonly scope: Scope;
  /** Reads one moment, and takes As-Of; of the other GETs, which tell what is not in the log, it is refused. */
  readonly asOf: boolean;
  /** Takes a moment in its body or query, which may lie ahead. */
  readonly takesMoment?: true;
  readonly query?: readonly Parameter[];
  /** Schema of the body; a route without one takes no body. */
  readonly body?: ZodType;
  /** What it answers where it is not refused. */
  readonly answer: Success;
  readonly handle: (ask: Ask) => Reply | Promise<Reply>;
}

/** A route whose body is parsed by `body`; ties the handler's type to the schema's. */
export function bodied<Body>(
  route: Omit<NativeRoute, 'body' | 'handle' | 'asOf'> & {
    readonly body: ZodType<Body>;
    readonly handle: (ask: Ask<Body>) => Reply | Promise<Reply>;
  },
): NativeRoute {
  const { handle, ...rest } = route;
  return { ...rest, asOf: false, handle: (ask) => handle(ask as Ask<Body>) };
}

export function json(body: Json, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { kind: 'json', status, body, headers };
}

export function refuse(refusal: Refusal): Reply {
  return { kind: 'refused', refusal };
}

export function unknown(what: string): Reply {
  return refuse({ kind: 'unknown', what });
}

/** The reply to a command: `reply` of its receipt, or the rejection. A repeated command says so in a header. */
export function settled(outcome: Submitted, reply: (receipt: Receipt) => JsonObject, status = 200): Reply {
  if (outcome.kind === 'keyReused') return refuse(outcome);
  if (outcome.kind === 'rejected') return refuse({ kind: 'rejected', rejection: outcome.rejection });
  const { receipt, repeated } = outcome;
  const headers = {
    'Ledgerline-Position': `${receipt.position}`,
    ...(repeated ? { 'Idempotency-Replayed': 'true' } : {}),
  };
  return json({ ...reply(receipt), receipt: receiptJson(receipt) }, status, headers);
}

function receiptJson({ command, position, time, records }: Receipt): JsonObject {
  return {
    command,
    position,
    time,
    records: records.map(({ actor, version, position: at }) => ({ ...actorJson(actor), version, position: at })),
  };
}

export function actorJson({ tenant, kind, id }: ActorId): { tenant: string; kind: string; id: string } {
  return { tenant, kind, id };
}

/** A parameter of the path; the route table guarantees that it is there. */
export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? '';
}
