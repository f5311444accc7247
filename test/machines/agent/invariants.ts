/** What must hold in every state an agent can reach. */
import { expect } from 'vitest';
import type { AgentContext } from '../../../machines/agent/context.ts';
import { phoneStateOf } from '../../../machines/agent/phone.ts';

interface Regions {
  readonly presence: string;
  readonly phone: string;
  readonly queue: string;
}

export function expectInvariants(value: unknown, context: AgentContext): void {
  if (typeof value === 'string') return;
  const { presence, phone, queue } = (value as { present: Regions }).present;
  const { legs } = context.phone;
  const { work } = context.queue;

  expect(phone, 'the phone is what line and legs say').toBe(phoneStateOf(context.phone));
  expect(legs.length === 0, 'no legs means idle or unavailable').toBe(phone === 'idle' || phone === 'unavailable');
  expect(queue === 'none', 'no work means none').toBe(work === null);
  if (queue === 'offered') {
    expect(presence, 'a signed-out agent is offered nothing').not.toBe('signedOut');
    expect(work?.answeredAt).toBeUndefined();
  }
  if (queue === 'talking') {
    expect(['talking', 'held'], 'queue work is done on the phone').toContain(phone);
    expect(legs.some((leg) => leg.call === work?.call && leg.leg === work?.leg)).toBe(true);
    if (presence === 'signedOut') expect(work?.wrapUpMs, 'no wrap-up awaits one who left').toBe(0);
  }
  if (queue === 'wrapUp') expect(presence, 'both regions wrap up').toBe('wrapUp');
  if (presence !== 'wrapUp') expect(context.presence.returnTo).toBeUndefined();
  if (context.presence.returnTo !== undefined)
    expect(queue, 'a wrap-up that ends by itself has a timer').toBe('wrapUp');
  expect(JSON.parse(JSON.stringify(context)), 'the context is plain JSON').toEqual(context);
}

/** Free for an offer, by the words of the contract and not by the machine's. */
export function isAvailable(value: unknown, context: AgentContext): boolean {
  if (typeof value === 'string') return false;
  const { presence, phone, queue } = (value as { present: Regions }).present;
  return presence === 'ready' && phone === 'idle' && queue === 'none' && !context.dnd;
}
