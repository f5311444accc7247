/** Compares an answer with what a case says of it. Gives what differs, or nothing. */
import { EACH, HAVING, INCLUDING, PATTERNS, WITHOUT } from './cases.ts';

export function differences(actual: unknown, expected: unknown, at = 'answer'): string[] {
  const wanted = typeof expected === 'symbol' ? expected.description : JSON.stringify(expected);
  const wrong = (): string[] => [`${at} is ${JSON.stringify(actual)}, not ${wanted}`];
  const pattern = PATTERNS.get(expected);
  if (pattern !== undefined) return typeof actual === 'string' && pattern.test(actual) ? [] : wrong();
  if (typeof expected !== 'object' || expected === null) return actual === expected ? [] : wrong();
  if (HAVING in expected) return fieldsDiffer(actual, expected[HAVING] as object, at);
  if (WITHOUT in expected) {
    return (expected[WITHOUT] as string[])
      .filter((name) => isObject(actual) && name in actual)
      .map((name) => `${at} has ${name}`);
  }
  if (EACH in expected) {
    if (!Array.isArray(actual) || actual.length === 0) return [`${at} is no list with members`];
    return actual.flatMap((one, index) => differences(one, expected[EACH], `${at}[${index}]`));
  }
  if (INCLUDING in expected) {
    if (!Array.isArray(actual)) return [`${at} is no list`];
    return (expected[INCLUDING] as unknown[])
      .filter((member) => !actual.some((one) => differences(one, member).length === 0))
      .map((member) => `${at} has no ${JSON.stringify(member)}: ${JSON.stringify(actual)}`);
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return wrong();
    return expected.flatMap((one, index) => differences(actual[index], one, `${at}[${index}]`));
  }
  const extra = isObject(actual) ? Object.keys(actual).filter((name) => !(name in expected)) : [];
  return [...fieldsDiffer(actual, expected, at), ...extra.map((name) => `${at}.${name} should not be there`)];
}

function fieldsDiffer(actual: unknown, expected: object, at: string): string[] {
  if (!isObject(actual)) return [`${at} is no object: ${JSON.stringify(actual)}`];
  return Object.entries(expected).flatMap(([name, value]) => differences(actual[name], value, `${at}.${name}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
