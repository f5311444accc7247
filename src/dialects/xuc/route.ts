/**
 * What a route of this dialect is: data that says who may use it and in which words it refuses, and a function from a
 * request to an answer. Handlers know no HTTP server; routes.ts wires them.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Submitted } from '../../http/command-id.ts';
import type { Parsed } from '../../http/parsed.ts';
import type { Routed } from '../../http/route-table.ts';
import type { Delivery } from '../../model/command.ts';
import type { Json } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Answer } from './answers.ts';
import type { Family } from './errors.ts';
import type { Person } from './people.ts';

export interface Ask {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The client's. */
  readonly address: string;
  /** Live, or the moment of As-Of: what is read. */
  readonly view: View;
  readonly isLive: boolean;
  /** The caller's Idempotency-Key, or a fresh id. */
  readonly commandId: string;
  /** Strictly JSON; undefined when there is no body. */
  json(): Promise<Parsed<Json | undefined>>;
  bytes(bytesMax: number): Promise<Parsed<Buffer>>;
  /** Records a command of this request, by the person who asked for it. */
  submit(by: Person, deliveries: readonly Delivery[], id?: string): Promise<Submitted>;
}

/** Of somebody whose token was checked. */
export interface PersonalAsk extends Ask {
  readonly caller: Person;
}

export type XucRoute = Routed & { readonly family: Family } & (
    | { readonly access: 'open'; readonly handle: (ask: Ask) => Answer | Promise<Answer> }
    /** A token, of whoever it is about. */
    | { readonly access: 'token'; readonly handle: (ask: PersonalAsk) => Answer | Promise<Answer> }
    /** An address that the operator listed. */
    | { readonly access: 'address'; readonly handle: (ask: Ask) => Answer | Promise<Answer> }
  );

/** A parameter of the path; '' where the path left it out. */
export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? '';
}
