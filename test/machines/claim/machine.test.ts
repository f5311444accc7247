import { describe, expect, it } from 'vitest';
import { type ClaimContext, claimKind } from '../../../machines/claim/machine.ts';
import { actorOf, START } from '../actor.ts';

const ANN = { owner: 'acme/user/ann' };
const BEN = { owner: 'acme/user/ben' };
const aClaim = () => actorOf<ClaimContext>(claimKind, 'gws.userName:ann');

describe('a claim', () => {
  it('is private', () => {
    expect(claimKind.visibility).toBe('private');
  });

  it('is held by the first who asks', () => {
    const claim = aClaim().given({ type: 'hold', ...ANN });
    expect(claim.value).toBe('held');
    expect(claim.context).toEqual({ ...ANN, since: START });
  });

  it('refuses a second owner, naming the claim and its holder', () => {
    expect(
      aClaim()
        .given({ type: 'hold', ...ANN })
        .when({ type: 'hold', ...BEN }),
    ).toEqual({
      kind: 'refused',
      reason: 'taken',
      details: { claim: 'gws.userName:ann', ...ANN },
    });
  });

  it('may be asked for again by its owner', () => {
    const claim = aClaim()
      .given({ type: 'hold', ...ANN })
      .wait(5)
      .given({ type: 'hold', ...ANN });
    expect(claim.context).toEqual({ ...ANN, since: START });
  });

  it('is free for others once its owner, and only he, gave it back', () => {
    const claim = aClaim().given({ type: 'hold', ...ANN });
    expect(claim.when({ type: 'release', ...BEN })).toEqual({ kind: 'refused', reason: 'notOwner' });
    claim.given({ type: 'release', ...ANN });
    expect([claim.value, claim.context.owner]).toEqual(['free', null]);
    expect(claim.given({ type: 'hold', ...BEN }).context.owner).toBe(BEN.owner);
  });

  it('that nobody holds cannot be given back', () => {
    expect(aClaim().when({ type: 'release', ...ANN }).kind).toBe('unhandled');
  });
});
