import { afterEach, expect, test } from 'vitest';
import { type GivenGms, givenGms, partsOf, type Request } from '../../dialects/gms/given.ts';
import { CASES, type Pattern, type Step } from './cases.ts';

let gms: GivenGms | undefined;
afterEach(() => gms?.stop());

test.each(CASES)('$id ($source)', async ({ steps }) => {
  gms = await givenGms();
  const known = new Map<string, string>();
  for (const step of steps) {
    if (step.after !== undefined) await gms.world.advance(step.after.ms);
    if (step.given !== undefined) await change(gms, step.given);
    const { status, phrase, headers, text, body } = await gms.ask(filled(step.line, known), requestOf(step, known));
    const told = `${step.line}: ${text}`;
    expect(status, told).toBe(step.status);
    if (step.phrase !== undefined) expect(phrase).toBe(step.phrase);
    if (step.contentType !== undefined) expect(headers.get('content-type')).toBe(step.contentType);
    if (step.body !== undefined) expectBody({ text, body }, step.body, known);
    for (const [name, key] of [
      ['$id', '_id'],
      ['$code', '_access_code'],
    ] as const)
      if (typeof body?.[key] === 'string') known.set(name, body[key]);
  }
});

function filled(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\w+/g, (name) => known.get(name) ?? name);
}

function requestOf({ form, json, parts, raw, type, headers }: Step, known: ReadonlyMap<string, string>): Request {
  if (parts !== undefined) {
    const fields = Object.entries(parts).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : Buffer.from(value.file),
    ]);
    return { parts: partsOf(Object.fromEntries(fields)) };
  }
  return {
    ...(form === undefined ? {} : { form: typeof form === 'string' ? filled(form, known) : form }),
    ...(json === undefined ? {} : { json }),
    ...(raw === undefined ? {} : { raw }),
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
  };
}

function expectBody(
  answer: { readonly text: string; readonly body: unknown },
  pattern: Pattern,
  known: ReadonlyMap<string, string>,
): void {
  if (typeof pattern === 'string') {
    expect(answer.text).toBe(filled(pattern, known));
    return;
  }
  if (pattern instanceof RegExp) {
    expect(answer.text).toMatch(pattern);
    return;
  }
  const body = answer.body as Record<string, unknown>;
  expect(Object.keys(body).sort()).toEqual(Object.keys(pattern).sort());
  for (const [key, wanted] of Object.entries(pattern)) {
    const value = typeof body[key] === 'string' ? body[key] : JSON.stringify(body[key]);
    if (typeof wanted === 'string') expect(value, key).toBe(filled(wanted, known));
    else expect(value, key).toMatch(wanted);
  }
}

async function change({ world }: GivenGms, [kind, id, set]: NonNullable<Step['given']>): Promise<void> {
  await world.record('genesys', { to: { tenant: 'genesys', kind, id }, event: { type: 'change', set } });
}
