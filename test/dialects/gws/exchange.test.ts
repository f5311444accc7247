import { expect, test } from 'vitest';
import { type Exchange, refused, settled } from '../../../src/dialects/gws/exchange.ts';
import type { Outcome } from '../../../src/model/command.ts';

const REJECTED = (reason: string) =>
  ({ kind: 'rejected', rejection: { code: 'reason', event: 'create', reason } }) as unknown as Outcome;
const ACCEPTED = { kind: 'accepted', receipt: {} } as unknown as Outcome;

const ONE = [{ to: { tenant: 't', kind: 'agent', id: 'a' }, event: { type: 'setReady' } }];

/** An exchange whose commands come out as said, one after the other. */
function givenExchange(...outcomes: Outcome[]): Exchange {
  const user = { actor: { tenant: 't', kind: 'user', id: 'u' } };
  const runtime = { submit: async () => outcomes.shift() };
  return { caller: { user, principal: { by: 'user:u' } }, commandId: 'c', runtime } as unknown as Exchange;
}

test('what was decided on a record that changed meanwhile is decided again', async () => {
  let decided = 0;
  const answer = await settled(givenExchange(REJECTED('changed'), ACCEPTED), () => {
    decided += 1;
    return { deliveries: ONE, body: { decided } };
  });
  expect(answer).toEqual({ kind: 'done', body: { decided: 2 } });
});

test('what somebody else took meanwhile is decided again where the decision says so', async () => {
  let taken = false;
  const answer = await settled(givenExchange(REJECTED('taken'), ACCEPTED), () => {
    const body = { taken };
    taken = true;
    return { deliveries: ONE, body, staleOn: ['taken'] };
  });
  expect(answer).toEqual({ kind: 'done', body: { taken: true } });
});

test('any other rejection is told in the words of the decision', async () => {
  const refusal = { kind: 'exists', message: 'There is one.' } as const;
  const answer = await settled(givenExchange(REJECTED('taken'), ACCEPTED), () => ({
    deliveries: ONE,
    refusalOf: () => refusal,
  }));
  expect(answer).toEqual(refused(refusal));
});

test('a record that never stands still is given up', async () => {
  const outcomes = Array.from({ length: 29 }, () => REJECTED('changed'));
  let decided = 0;
  const answer = await settled(givenExchange(...outcomes), () => {
    decided += 1;
    return { deliveries: ONE };
  });
  expect(answer).toMatchObject({ kind: 'refused', refusal: { kind: 'rejected' } });
  expect(decided).toBe(20);
});

test('nothing to record is done', async () => {
  expect(await settled(givenExchange(), () => ({ deliveries: [] }))).toEqual({ kind: 'done', body: {} });
});
