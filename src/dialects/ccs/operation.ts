/**
 * What an operation of the document is: data that says who may use it and how its refusals are printed, and a function from
 * an authorised request to an answer. Handlers know no HTTP server; routes.ts wires them.
 */
import type { Routed } from '../../http/route-table.ts';
import type { Permission } from '../../identity/permissions.ts';
import type { Delivery, Outcome } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Answer, Refusal } from './answers.ts';
import type { Caller } from './caller.ts';
import type { Reason } from './reasons.ts';
import type { Face } from './times.ts';

/** An authorised, parsed request. */
export interface Ask {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The one that says by its `request` what is asked; empty where the path does. */
  readonly body: JsonObject;
  /** What a PUT sets, or why that cannot be read, which is told after what it was to change was found. Empty where nothing is set. */
  readonly settings: JsonObject | Reason;
  /** Live, or the moment of As-Of: what is read. */
  readonly view: View;
  /** What is authorised by, and changed. */
  readonly live: View;
  /** The clock of what is read. */
  readonly face: Face;
  /** '' for reads. */
  readonly commandId: string;
  /** True when the caller chose the command id, and so may be repeating himself. */
  readonly mayRepeat: boolean;
  /** Under the request's command id, unless it is one of several commands of the request. */
  submit(tenant: string, deliveries: readonly Delivery[], id?: string): Promise<Outcome>;
}

export interface Operation {
  /** Of seed 001. */
  readonly section: string;
  /** One of these, beside `API`. */
  readonly permissions: readonly Permission[];
  /** What a user of this level is told; absent: he may. */
  readonly telco?: Refusal;
  readonly tenant?: Refusal;
  /** Sections 4.19 to 4.22 print `"success": true` in their refusals. */
  readonly refusalSuccess?: true;
  /** A read's kinds of records: its answer is made of them, of the clock and of nothing else, and may be kept. */
  readonly madeOf?: readonly string[];
  readonly handle: (ask: Ask) => Answer | Promise<Answer>;
}

/** A path and method: one operation, or several told apart by the body's `request`. */
export type CcsRoute = Routed & ({ readonly operation: Operation; readonly takesSettings?: true } | ByRequest);

export interface ByRequest {
  readonly requests: Readonly<Record<string, Operation>>;
}

export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? '';
}
