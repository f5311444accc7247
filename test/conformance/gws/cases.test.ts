/** Runs the table of cases against the demo world. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gws, givenGws, type Told, URI_BASE } from '../../dialects/gws/given.ts';
import { givenRingingPhones } from '../../dialects/gws/phones.ts';
import { eventually } from '../../support/eventually.ts';
import { GROUPS, type Step } from './cases.ts';
import { EXAMPLES } from './examples.ts';
import { differences } from './matching.ts';

describe.each([...GROUPS, ...EXAMPLES])('$title', ({ options, phones, steps }) => {
  let gws: Gws;
  let stopPhones: () => void = () => undefined;
  const kept = new Map<string, string>();
  beforeAll(async () => {
    gws = await givenGws(options);
    if (phones === true) stopPhones = givenRingingPhones(gws.world);
  });
  afterAll(() => {
    stopPhones();
    return gws.stop();
  });

  it.each(steps)('$id: $path', async (step) => {
    const isSo = (told: Told) => differences(told.body, filled(step.answer)).length === 0;
    const again = async () => {
      const told = await gws.ask(asked(step));
      return isSo(told) ? told : undefined;
    };
    const told = step.until === true ? await eventually(step.id, again) : await gws.ask(asked(step));
    expect(told, told.text).toMatchObject({ status: step.status ?? 200 });
    if (step.answer !== undefined) expect(differences(told.body, filled(step.answer))).toEqual([]);
    if (step.text !== undefined) expect(told.text).toContain(step.text);
    for (const [name, value] of Object.entries(step.answerHeaders ?? {})) {
      expect(told.headers.get(name) ?? '').toMatch(value === '' ? /^$/ : value);
    }
    if (told.status >= 400 && told.text.startsWith('{')) {
      expect(Object.keys(told.body).sort()).toEqual(['statusCode', 'statusMessage']);
    }
    for (const [name, property] of Object.entries(step.keep ?? {})) kept.set(name, String(at(told.body, property)));
  });

  function at(value: unknown, property: string): unknown {
    return property.split('.').reduce<unknown>((within, name) => Object(within)[name], value);
  }

  function asked({ method, path, body, raw, as, headers, urlChars }: Step) {
    const filledPath = filled(path);
    const missing = urlChars === undefined ? 0 : urlChars - gws.url.length - filledPath.length;
    return {
      path: filledPath + 'a'.repeat(missing),
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body: filled(body) }),
      ...(raw === undefined ? {} : { raw }),
      ...(as === null ? {} : { as: as ?? 'ksippo:' }),
      ...(headers === undefined ? {} : { headers }),
    };
  }

  /** Kept names and the base put in, wherever they stand. */
  function filled<Value>(value: Value): Value {
    if (typeof value === 'string') {
      const based = value.replace('$U', URI_BASE).replace('$H', gws.url);
      return based.replace(/<(\w+)>/g, (whole, name: string) => kept.get(name) ?? whole) as Value;
    }
    if (Array.isArray(value)) return value.map((one) => filled(one)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Reflect.ownKeys(value).map((key) => [key, filled(Reflect.get(value, key))])) as Value;
  }
});
