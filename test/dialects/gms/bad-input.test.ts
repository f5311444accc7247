import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { rawRequest } from '../../support/requests.ts';
import { type GivenGms, givenGms, partsOf } from './given.ts';

let gms: GivenGms;
let id: string;
beforeAll(async () => {
  gms = await givenGms();
});
afterAll(() => gms.stop());
beforeEach(async () => {
  id = await gms.start({ before: 'kept' });
});

const CRLF = '\r\n';
const multipart = (...parts: readonly string[]) => parts.map((part) => `--b${CRLF}${part}${CRLF}`).join('');
const text = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"${CRLF}${CRLF}${value}`;
const file = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"; filename="MyPic.png"${CRLF}Content-Type: image/png${CRLF}${CRLF}${value}`;
const END = `--b--${CRLF}`;
const FORM = { 'content-type': 'multipart/form-data; boundary=b' };

/** The storage is as it was, and no file is left. */
async function nothingStored(): Promise<void> {
  expect((await gms.ask(`GET /${id}/storage`)).body).toEqual({ before: 'kept' });
  await gms.keeper.atRest();
  expect([await gms.store.list(), await gms.store.clearUnfinished()]).toEqual([[], 0]);
}

async function refused(request: Parameters<GivenGms['ask']>[1], status: number, message: RegExp): Promise<void> {
  const answer = await gms.ask(`POST /${id}/storage`, request);
  expect([answer.status, answer.body?.message]).toEqual([status, expect.stringMatching(message)]);
  await nothingStored();
}

describe('a form of parts is refused, and nothing of it stored,', () => {
  it.each([
    [
      'of 10,000 parts',
      multipart(...Array.from({ length: 10_000 }, (_, at) => text(`k${at}`, 'v'))) + END,
      413,
      /^The body holds more than 512 values/,
    ],
    [
      'of 100 files',
      multipart(...Array.from({ length: 100 }, (_, at) => file(`k${at}`, 'v'))) + END,
      413,
      /more than 64/,
    ],
    [
      'whose part has endless headers',
      multipart(file('a', 'v'), Array.from({ length: 50_000 }, (_, at) => `X-${at}: y`).join(CRLF)),
      400,
      /headers without an end/,
    ],
    [
      'whose part has too many headers',
      multipart(`${Array.from({ length: 40 }, (_, at) => `X-${at}: y`).join(CRLF)}${CRLF}${text('a', 'v')}`) + END,
      413,
      /larger than/,
    ],
    [
      'whose part has a huge header',
      multipart(`X: ${'y'.repeat(20_000)}${CRLF}${text('a', 'v')}`) + END,
      413,
      /larger/,
    ],
    [
      'whose part has no disposition',
      multipart(file('a', 'v'), `X: y${CRLF}${CRLF}v`) + END,
      400,
      /Content-Disposition/,
    ],
    ['whose part has no name', multipart(`Content-Disposition: form-data${CRLF}${CRLF}v`) + END, 400, /no name/],
    ['whose part has no headers at all', multipart(`${CRLF}v`) + END, 400, /Content-Disposition|without an end/],
    ['that ends early', multipart(file('a', 'v'), text('b', 'v')), 400, /ended early/],
    ['that ends within a file', `--b${CRLF}${file('a', 'v'.repeat(1000))}`, 400, /ended early/],
    ['that ends within a header', `--b${CRLF}Content-Dispo`, 400, /ended early|without an end/],
    ['that has another boundary', multipart(file('a', 'v')).replaceAll('--b', '--c'), 400, /ended early/],
    ['that is empty', '', 400, /ended early/],
    ['with a key that is no UTF-8', multipart(text('a\xff', 'v')) + END, 400, /no UTF-8/],
    ['with a text that is no UTF-8', multipart(file('f', 'v'), text('a', '\xff\xfe')) + END, 400, /no UTF-8/],
    [
      'with a text that is too long',
      multipart(file('f', 'v'), text('a', 'x'.repeat(30_000))) + END,
      413,
      /larger than/,
    ],
    ['with a key of 64 KB', multipart(text('k'.repeat(65_536), 'v')) + END, 413, /larger than/],
    [
      'with a text in no charset that is known',
      multipart(file('f', 'v'), text('a', 'v').replace(CRLF, `${CRLF}Content-Type: text/plain; charset=x-y${CRLF}`)) +
        END,
      400,
      /no x-y/,
    ],
    ['with an empty key', multipart(text('', 'v')) + END, 400, /key ""/],
  ])('%s', async (_, body, status, message) => {
    await refused({ raw: Buffer.from(body, 'latin1'), headers: FORM }, status, message);
  });

  it('that names no boundary', () =>
    refused({ raw: END, headers: { 'content-type': 'multipart/form-data' } }, 400, /boundary/));

  it('that is compressed', () =>
    refused({ raw: END, headers: { ...FORM, 'content-encoding': 'gzip' } }, 415, /Content-Encoding/));

  it('that claims to be larger than is taken', async () => {
    const headers = { ...FORM, 'content-length': String(1024 ** 3) };
    const answer = await rawRequest(
      gms.url,
      `/genesys/1/service/${id}/storage`,
      { method: 'POST', headers },
      'x',
    ).catch(() => undefined);
    expect(answer?.status).toBe(413);
    await nothingStored();
  });

  it('whose client goes away', async () => {
    const socket = connect(Number(new URL(gms.url).port), '127.0.0.1');
    socket.write(
      `POST /genesys/1/service/${id}/storage HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: ${FORM['content-type']}${CRLF}` +
        `Content-Length: 100000${CRLF}${CRLF}${multipart(file('f', 'v'))}--b${CRLF}${file('g', 'v'.repeat(20_000))}`,
    );
    // The first file is whole and in the store before the connection breaks.
    await gms.ask(`GET /${id}/storage`);
    socket.destroy();
    await gms.ask(`GET /${id}/storage`);
    await nothingStored();
  });
});

describe('other bodies are refused, and nothing of them stored,', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  it.each([
    ['with a broken escape', { raw: 'a=%zz', headers: form }, 400, /broken escape/],
    ['with bytes that are no UTF-8', { raw: 'a=%ff', headers: form }, 400, /no UTF-8/],
    ['with a key of 64 KB', { form: `${'k'.repeat(65_536)}=v` }, 400, /cannot be used: keys have 1 to 256 bytes/],
    ['with a key of control characters', { form: 'a%00b=v' }, 400, /cannot be used: .*no control characters/],
    ['with more than a form holds', { form: `a=${'x'.repeat(300_000)}` }, 413, /larger than/],
    ['with more keys than a form holds', { form: 'a=1&'.repeat(2000) }, 413, /more than/],
    ['with more than storage takes', { form: `a=${'x'.repeat(25_000)}` }, 413, /no more than 24576 bytes/],
    ['with JSON as deep as the sea', { json: `{"a":${'['.repeat(10_000)}` }, 413, /nested/],
    [
      'with JSON that is no UTF-8',
      { raw: Buffer.from('{"a":"\xff"}', 'latin1'), headers: { 'content-type': 'application/json' } },
      500,
      /^Could not read JSON: Invalid UTF-8/,
    ],
    ['without a type', { raw: Buffer.from('a=b') }, 415, /Content-Type/],
  ])('%s', async (_, request, status, message) => {
    await refused(request, status, message);
  });

  it('with 257 keys', () =>
    refused(
      { json: Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`k${at}`, 'v'])) },
      413,
      /no more than 256 keys/,
    ));
});

test('nested keys that look dangerous are only text', async () => {
  await gms.ask(`POST /${id}/storage`, { json: '{"a":{"__proto__":{"polluted":1}}}' });
  expect((await gms.ask(`GET /${id}/storage/a`)).body).toEqual({ a: '{__proto__={polluted=1}}' });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('names every object has are keys like others, of a storage that was given them', async () => {
  const names = ['constructor', 'prototype', 'toString', 'hasOwnProperty'];
  for (const name of names) expect((await gms.ask(`GET /${id}/storage/${name}`)).status, name).toBe(404);
  const given = Object.fromEntries(names.map((name) => [name, `my ${name}`]));
  expect((await gms.ask(`POST /${id}/storage`, { json: given })).status).toBe(200);
  expect((await gms.ask(`GET /${id}/storage`)).body).toEqual({ before: 'kept', ...given });
  for (const name of names) {
    expect((await gms.ask(`GET /${id}/storage/${name}`)).text).toBe(JSON.stringify({ [name]: `my ${name}` }));
    expect((await gms.ask(`DELETE /${id}/storage/${name}`)).text).toBe('OK');
  }
  expect((await gms.ask(`GET /${id}/storage`)).body).toEqual({ before: 'kept' });
});

test.each([['_'], ['__proto__'], [`_${'x'.repeat(300)}`], ['_with\tcontrol']])(
  '%j is a parameter nobody knows: ignored, and not stored',
  async (name) => {
    const json = `{${JSON.stringify(name)}:"x"}`;
    for (const request of [{ json }, { form: { [name]: 'x' } }, { parts: partsOf({ [name]: 'x' }) }])
      expect((await gms.ask(`POST /${id}/storage`, request)).status).toBe(200);
    await nothingStored();
  },
);

test.each([
  ['an escape that is no text', '%ff', 400],
  ['control characters', 'a%00b', 400],
  ['more than an id takes', 'x'.repeat(300), 400],
])('a path with %s is refused', async (_, segment, status) => {
  const answer = await rawRequest(gms.url, `/genesys/1/service/${segment}/storage`);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toHaveProperty('message');
});

test('a service of another tenant is not there', async () => {
  const to = { tenant: 'lunchlab', kind: 'service', id: 'theirs' };
  const event = { type: 'create', configuration: 'x', service: 'ors', texts: { a: 'b' }, files: {} };
  await gms.world.record('lunchlab', { to, event });
  for (const line of ['GET /theirs/storage', 'GET /theirs/storage/a', 'DELETE /theirs', 'DELETE /theirs/storage'])
    expect((await gms.ask(line)).status, line).toBe(404);
  expect((await gms.ask('POST /theirs/storage', { form: { a: 'c' } })).status).toBe(404);
});

test('an upload to a service that is not there leaves no file', async () => {
  const answer = await gms.ask('POST /nobody/storage', { parts: partsOf({ f: Buffer.from('picture') }) });
  expect(answer.status).toBe(404);
  await nothingStored();
});

test('a method that a path does not know is refused, and says which it knows', async () => {
  for (const [line, allowed] of [
    ['PUT /request-interaction', 'POST, DELETE'],
    ['PUT /x/storage', 'POST, GET, DELETE'],
    ['POST /x/storage/a', 'GET, DELETE'],
    ['GET /x/ixn/chat', 'POST'],
  ]) {
    const { status, headers } = await gms.ask(`${line}`);
    expect([status, headers.get('allow')], line).toEqual([405, allowed]);
  }
  for (const line of ['GET /genesys/2/whatever', 'GET /x/storage/a/b', 'GET /x/whatever'])
    expect((await gms.ask(line)).status, line).toBe(404);
});

test('a user name as long as a novel is refused', async () => {
  const answer = await gms.ask('POST /request-interaction', { form: {}, headers: { gms_user: 'x'.repeat(129) } });
  expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('gms_user')]);
});
