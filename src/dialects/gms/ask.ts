/**
 * An operation of the document: a function from a parsed request to an answer. Handlers know no HTTP server; routes.ts
 * wires them.
 */
import { receiptOf } from '../../../projections/commands.ts';
import { derivedId } from '../../http/command-id.ts';
import type { Delivery, MachineEvent, Outcome, Receipt } from '../../model/command.ts';
import type { View } from '../../model/projection.ts';
import type { RandomBytes } from '../../model/random.ts';
import { type Answer, OK, type Profile } from './answers.ts';
import { rejectionAnswer } from './errors.ts';
import type { Form } from './form.ts';

/** Where a request was sent: its `Host`, and whether by TLS. */
export interface SentTo {
  readonly host: string;
  readonly isSecure: boolean;
}

export interface Ask {
  readonly tenant: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty for requests without a body. */
  readonly form: Form;
  /** `gms_user`: whom pushes about the service are addressed to. */
  readonly user: string | undefined;
  /** For the addresses in chat answers. */
  readonly sentTo: SentTo;
  /** Live, or the moment of As-Of: what is read. */
  readonly view: View;
  /** What is changed. */
  readonly live: View;
  readonly commandId: string;
  /** True when the caller chose the command id, and so may be repeating himself. */
  readonly mayRepeat: boolean;
  readonly profile: Profile;
  readonly random: RandomBytes;
  /** All deliveries of a request are one command. */
  submit(deliveries: readonly Delivery[]): Promise<Outcome>;
}

export type Handler = (ask: Ask) => Answer | Promise<Answer>;

/** A parameter of the path; the route table guarantees that it is there. */
export function param(ask: Ask, name: string): string {
  return ask.params[name] ?? '';
}

export function toService({ tenant }: Ask, id: string, event: MachineEvent): Delivery {
  return { to: { tenant, kind: 'service', id }, event };
}

/** Records an event of a service; `answer` once that is done. */
export async function changed(ask: Ask, id: string, event: MachineEvent, answer: Answer = OK): Promise<Answer> {
  const outcome = await ask.submit([toService(ask, id, event)]);
  return outcome.kind === 'accepted' ? answer : rejectionAnswer(outcome.rejection);
}

/** The nth id that this request makes: the same when the request is repeated. */
export function mintedId({ tenant, commandId }: Ask, nth = 0): string {
  return derivedId(tenant, commandId, nth);
}

/** The receipt of this very request, when the caller repeats it. */
export function earlierReceipt({ mayRepeat, live, tenant, commandId }: Ask): Receipt | undefined {
  return mayRepeat ? receiptOf(live, tenant, commandId) : undefined;
}
