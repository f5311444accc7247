import { expect, test } from 'vitest';
import { kinds } from '../../../machines/index.ts';
import { asyncapiOf } from '../../../src/dialects/native/asyncapi.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { WEBHOOK_TEST } from '../../../src/subscribers/webhook/endpoint.ts';

const document = asyncapiOf(kinds, '1.2.3');

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === '$ref' && typeof one === 'string' ? [one] : references(one as Json),
  );
}

function at(pointer: string): Json | undefined {
  return pointer
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((value, key) => (value as JsonObject | undefined)?.[key], document);
}

const messagesOf = (channel: string) => Object.keys(at(`#/channels/${channel}/messages`) as JsonObject);

test('the AsyncAPI document names every channel and every event of every public kind, and nothing of private ones', () => {
  expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: '1.2.3' } });
  expect(Object.keys(document.channels as JsonObject)).toEqual([
    'eventStream',
    'eventSocket',
    'webhook',
    'live',
    'deliver',
  ]);
  const withTimers = ['agent', 'call', 'service'];
  const wanted = [...kinds.values()]
    .filter(({ visibility }) => visibility === 'public')
    .flatMap(({ name, events, checks = [] }) =>
      [...Object.keys(events), ...(withTimers.includes(name) ? ['timer'] : []), 'setBack']
        .filter((event) => !checks.includes(event))
        .map((event) => `ledgerline.${name}.${event}`),
    );
  for (const channel of ['eventStream', 'live', 'deliver']) expect(messagesOf(channel)).toEqual(wanted);
  expect(wanted).not.toContain('ledgerline.tenant.check');
  expect(wanted.some((name) => /token|credential|webhook|claim/.test(name) && !/push/.test(name))).toBe(false);
});

test('the AsyncAPI document tells what comes by a socket, and the event that tries a webhook out, from records', () => {
  expect(messagesOf('eventSocket')).toEqual(['located']);
  expect(at('#/components/messages/located')).toMatchObject({
    payload: { required: ['position', 'record'], properties: { record: { $ref: '#/components/schemas/record' } } },
  });
  expect(messagesOf('webhook')).toEqual([...messagesOf('eventStream'), WEBHOOK_TEST]);
});

test('all that the AsyncAPI document refers to is in it', () => {
  const all = new Set(references(document));
  expect(all.size).toBeGreaterThan(50);
  expect([...all].filter((pointer) => at(pointer) === undefined)).toEqual([]);
});
