import { describe, expect, test } from 'vitest';
import { CALL, givenCcs } from '../../dialects/ccs/given.ts';
import { CASES, type Step } from './cases.ts';

describe('CCS answers as its document prints', () => {
  for (const { number, section, at = 0, call = [], steps } of CASES) {
    const title = `${number === undefined ? '' : `case ${number}, `}${section}: ${steps.map(({ request }) => request).join(', then ')}`;
    test(title, async () => {
      const ccs = await givenCcs();
      try {
        await ccs.world.advance(at);
        await ccs.call('lunchlab', CALL, ...call);
        for (const step of steps) then(step, await ccs.ask(step.request, step));
      } finally {
        await ccs.stop();
      }
    });
  }
});

function then(
  { status, equals, has, lacks = [] }: Step,
  answer: { readonly status: number; readonly body: object },
): void {
  expect([answer.status, answer.body]).toEqual([status, equals ?? expect.anything()]);
  if (has !== undefined) expect(answer.body).toMatchObject(has);
  for (const key of lacks) expect(answer.body).not.toHaveProperty(key);
}
