/**
 * Time by hand: only where the server runs on the manual clock.
 */
import { z } from 'zod';
import { INSTALLATION } from '../../model/actor-id.ts';
import { bodied, json, type NativeRoute, refuse } from './route.ts';

/** Moves the clock by `ms` through everything that falls due; resolves with the new now once all of it is recorded. */
export type AdvanceClock = (ms: number) => Promise<number>;

const DAYS_MAX = 366;

export function clockRoutes(advance: AdvanceClock | undefined): readonly NativeRoute[] {
  return [
    bodied({
      method: 'POST',
      path: '/v1/clock/advance',
      summary: 'Advance the manual clock',
      answer: { body: z.object({ now: z.iso.datetime() }) },
      scope: 'admin',
      body: z.strictObject({
        ms: z
          .int()
          .min(0)
          .max(DAYS_MAX * 86_400_000),
      }),
      handle: async ({ body, principal }) => {
        if (advance === undefined) return refuse({ kind: 'notOffered', why: 'The server runs on the system clock.' });
        if (principal.tenant !== INSTALLATION) return refuse({ kind: 'forbidden', scope: 'admin of the installation' });
        return json({ now: new Date(await advance(body.ms)).toISOString() });
      },
    }),
  ];
}
