import { describe, expect, it } from 'vitest';
import { type ReservationContext, reservationKind } from '../../../machines/reservation/machine.ts';
import { actorOf } from '../actor.ts';

const HOLD = { type: 'hold', accessNumber: '8003449999', accessCode: '7684' };
const owner = 'acme/reservation/s1';
const claim = (type: 'hold' | 'release', name: string) => ({
  to: { tenant: 'acme', kind: 'claim', id: `access:${name}` },
  event: { type, owner },
});
const told = (event: object) => ({ to: { tenant: 'acme', kind: 'service', id: 's1' }, event });

const aReservation = () => actorOf<ReservationContext>(reservationKind, 's1');

describe('a reservation', () => {
  it('is private, since it knows the code', () => {
    expect(reservationKind.visibility).toBe('private');
  });

  it('claims its number and code, and tells the service no more than the number', () => {
    expect(aReservation().given(HOLD).tells).toEqual([
      claim('hold', '8003449999:7684'),
      told({ type: 'reserved', accessNumber: '8003449999', expiresAt: null }),
    ]);
  });

  it('claims the number itself where nobody may share it', () => {
    const { tells } = aReservation().given({ type: 'hold', accessNumber: '1', exclusive: true });
    expect(tells[0]).toEqual(claim('hold', '1'));
  });

  it('gives back what it had when it takes another', () => {
    const reservation = aReservation().given(HOLD, { type: 'hold', accessNumber: '2', accessCode: '1' });
    expect(reservation.tells.slice(0, 2)).toEqual([claim('release', '8003449999:7684'), claim('hold', '2:1')]);
  });

  it('is matched once', () => {
    const reservation = aReservation().given(HOLD, { type: 'match' });
    expect(reservation.tells).toEqual([
      claim('release', '8003449999:7684'),
      told({ type: 'reservation.ended', how: 'matched' }),
    ]);
    expect(reservation.value).toBe('free');
    expect(reservation.context).toMatchObject({ accessNumber: null, accessCode: null });
    expect(reservation.when({ type: 'match' })).toEqual({ kind: 'refused', reason: 'notReserved' });
  });

  it('ends by itself when its time is over, counted anew by a new one', () => {
    const reservation = aReservation().given({ ...HOLD, ttlMs: 5000 });
    reservation.wait(3000).given({ ...HOLD, accessCode: '1', ttlMs: 5000 });
    expect(reservation.wait(4999).value).toEqual({ held: 'dated' });
    reservation.wait(1);
    expect(reservation.value).toBe('free');
    expect(reservation.tells).toContainEqual(told({ type: 'reservation.ended', how: 'expired' }));
  });

  it('is released without an answer, twice too', () => {
    const reservation = aReservation().given(HOLD, { type: 'release' });
    expect(reservation.tells).toEqual([claim('release', '8003449999:7684')]);
    expect(reservation.given({ type: 'release' }).tells).toEqual([]);
  });
});
