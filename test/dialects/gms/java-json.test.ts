import { expect, test } from 'vitest';
import { javaDouble, parseJavaJson } from '../../../src/dialects/gms/java-json.ts';

const read = (text: string | Uint8Array) => parseJavaJson(typeof text === 'string' ? Buffer.from(text) : text);
const valuesOf = (text: string) => {
  const body = read(text);
  return body.ok ? [...body.values] : body.message;
};

test('the printed body is flattened as the document prints it', () => {
  const body = `{ "lastname" : "mylastname", "address": { "street": "mystreet", "city": "mycity" },
    "phones": [ "9002@SIP_Switch", "5555666", "7775666" ], "_key":"ignored" }`;
  expect(valuesOf(body)).toEqual([
    ['lastname', 'mylastname'],
    ['address', '{street=mystreet, city=mycity}'],
    ['phones', '[9002@SIP_Switch, 5555666, 7775666]'],
    ['_key', 'ignored'],
  ]);
});

test.each([
  ['7', '7'],
  ['-0', '0'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['48.8583', '48.8583'],
  ['100.0', '100.0'],
  ['1e10', '1.0E10'],
  ['1.5e-7', '1.5E-7'],
  ['true', 'true'],
  ['null', 'null'],
  ['""', ''],
  ['"\\u00e9\\n\\/"', 'é\n/'],
  ['{}', '{}'],
  ['[]', '[]'],
  ['[1, [2, {"b": 3, "a": null}], "x"]', '[1, [2, {b=3, a=null}], x]'],
  ['{"2": 1, "1": 2}', '{2=1, 1=2}'],
])('the value %s becomes the text %s', (value, text) => {
  expect(valuesOf(`{"k": ${value}}`)).toEqual([['k', text]]);
});

test('of a key that comes twice the last value stands, at its first place', () => {
  expect(valuesOf('{"a":"1","b":"2","a":"3"}')).toEqual([
    ['a', '3'],
    ['b', '2'],
  ]);
});

test.each([
  ['{"a":"b" "c":"d"}', `Unexpected character ('"' (code 34)): was expecting comma to separate OBJECT entries`, 1, 11],
  ['{a:"b"}', `Unexpected character ('a' (code 97)): was expecting double-quote to start field name`, 1, 3],
  ['{"a":"b",}', `Unexpected character ('}' (code 125)): was expecting double-quote to start field name`, 1, 11],
  ['{"a" "b"}', `Unexpected character ('"' (code 34)): was expecting a colon to separate field name and value`, 1, 7],
  ['{\n"a":[1 2]}', `Unexpected character ('2' (code 50)): was expecting comma to separate ARRAY entries`, 2, 9],
  ['{"a":', `Unexpected end-of-input: expected a valid value`, 1, 6],
  ['{"a":"b"', 'Unexpected end-of-input: expected close marker for OBJECT', 1, 9],
  ['{"a":"b', 'Unexpected end-of-input: was expecting closing quote for a string value', 1, 8],
  ['{"a":yes}', "Unrecognized token 'yes': was expecting ('true', 'false' or 'null')", 1, 9],
  ['{"a":@}', `Unexpected character ('@' (code 64)): expected a valid value`, 1, 7],
  ['{"a":"\\x"}', `Unrecognized character escape 'x' (code 120)`, 1, 8],
  ['{"a":"\n"}', 'Illegal unquoted character ((CTRL-CHAR, code 10))', 1, 7],
  ['{"a":01}', 'Invalid numeric value: Leading zeroes not allowed', 1, 7],
  ['{"a":1}}', `Unexpected character ('}' (code 125)): was expecting the end of the content`, 1, 9],
  ['', 'No content to map due to end-of-input', 1, 1],
  ['[1]', 'Can not deserialize instance of java.util.LinkedHashMap out of START_ARRAY token', 1, 4],
  ['"x"', 'Can not deserialize instance of java.util.LinkedHashMap out of VALUE token', 1, 4],
])('%j cannot be read, and the answer says why and where', (body, reason, line, column) => {
  const message = valuesOf(body);
  expect(message).toContain(`Could not read JSON: ${reason}`);
  expect(message).toContain(`\n at [Source: request body; line: ${line}, column: ${column}]`);
});

test('bytes that are no UTF-8 cannot be read', () => {
  const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  expect(read(body)).toEqual({ ok: false, message: 'Could not read JSON: Invalid UTF-8 in the request body' });
});

test('whatever JSON.parse takes as an object is read, and nothing else', () => {
  for (const text of [
    '{"a":1}',
    '{ }',
    '{"a":{"b":[{}]}}',
    '{"a":1,}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":tru}',
  ]) {
    let isObject = true;
    try {
      JSON.parse(text);
    } catch {
      isObject = false;
    }
    expect(read(text).ok, text).toBe(isObject);
  }
});

test.each([
  [0.001, '0.001'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [0.0001, '1.0E-4'],
  [-0, '-0.0'],
  [-1234.5, '-1234.5'],
])('the number %d is printed as Java prints it', (value, text) => {
  expect(javaDouble(value)).toBe(text);
});
