/** Asks every case of the table of one world, in order. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { givenXuc, type XucWorld } from '../../dialects/xuc/given.ts';
import { XUC_CASES } from './cases.ts';

let world: XucWorld;

beforeAll(async () => {
  world = await givenXuc();
});
afterAll(() => world.stop());

const PLACES: Readonly<Record<string, unknown>> = {
  '<uuid>': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  '<token>': expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  '<number>': expect.any(Number),
};

test.each(XUC_CASES)('$number ($section): $request brings $answer', async ({ request, as, headers, answer, twice }) => {
  const [method, path, body] = request;
  const token = as === undefined ? {} : { token: await world.token(as) };
  const ask = () =>
    world.call(method, path, {
      ...token,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    });
  if (twice) await ask();
  const got = await ask();
  expect(got.status, got.text).toBe(answer.status);
  if (answer.error !== undefined) expect(got.json).toEqual({ error: answer.error, message: expect.any(String) });
  if (answer.body !== undefined) expect(got.json).toEqual(filled(answer.body));
  if (answer.text !== undefined) expect(got.text).toBe(answer.text);
  for (const [name, value] of Object.entries(answer.headers ?? {})) expect(got.headers.get(name)).toBe(value);
});

/** With the placeholders replaced by what they stand for. */
function filled(value: unknown): unknown {
  if (typeof value === 'string') return PLACES[value] ?? value;
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part)]));
}
