import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { parseJson, readBody, readJson } from '../../src/http/body.ts';
import { servedBy } from '../support/requests.ts';

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers }).then((answer) => answer.json());

describe('a request body', () => {
  test('is read as JSON', async () => {
    await servedBy(readJson, async (url) => {
      expect(await post(url, '{"a":[1,null]}')).toEqual({ ok: true, value: { a: [1, null] } });
    });
  });

  test('that is absent is no value', async () => {
    await servedBy(readJson, async (url) => {
      expect(await (await fetch(url)).json()).toEqual({ ok: true });
    });
  });

  test('of 10 MB is refused, and the same connection serves the next request', async () => {
    await servedBy(
      (request) => readJson(request, { bytesMax: 1000 }),
      async (url) => {
        const problem = { code: 'bodyTooLarge', bytesMax: 1000 };
        expect(await post(url, Buffer.alloc(10_000_000, 0x20))).toEqual({ ok: false, problem });
        expect(await post(url, '1')).toEqual({ ok: true, value: 1 });
      },
    );
  });

  test('that does not say its size is refused as soon as it is too large', async () => {
    await servedBy(
      (request) => readBody(request, 1000),
      async (url) => {
        const chunks = new ReadableStream({
          start(controller) {
            for (let chunk = 0; chunk < 50; chunk++) controller.enqueue(new Uint8Array(1000));
            controller.close();
          },
        });
        const answer = await fetch(url, { method: 'POST', body: chunks, duplex: 'half' } as RequestInit);
        expect(await answer.json()).toMatchObject({ ok: false, problem: { code: 'bodyTooLarge' } });
      },
    );
  });

  test('that is compressed is refused', async () => {
    await servedBy(readJson, async (url) => {
      expect(await post(url, '1', { 'content-encoding': 'gzip' })).toMatchObject({ problem: { code: 'bodyEncoded' } });
    });
  });

  test('cut off by the client is a problem and not a crash', async () => {
    const outcome = Promise.withResolvers<unknown>();
    await servedBy(
      async (request) => {
        const read = readJson(request);
        request.socket.destroy();
        outcome.resolve(await read);
      },
      async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123');
        await once(socket, 'close');
        expect(await outcome.promise).toEqual({ ok: false, problem: { code: 'bodyIncomplete' } });
      },
    );
  });
});

describe('parsing JSON', () => {
  const parse = (text: string) => parseJson(Buffer.from(text, 'latin1'));

  test.each([
    ['malformed', '{"a":', 'bodyNotJson'],
    ['not UTF-8', '"\xff\xfe"', 'bodyNotJson'],
    ['64 levels deep', `${'['.repeat(64)}${']'.repeat(64)}`, 'bodyTooComplex'],
    ['of too many values', `[${'1,'.repeat(20_000)}1]`, 'bodyTooComplex'],
    ['naming __proto__', '{"a":[{"__proto__":{"admin":true}}]}', 'bodyNotJson'],
    ['naming an escaped __proto__', '{"\\u005f_proto\\u005f_":{"admin":true}}', 'bodyNotJson'],
  ])('refuses what is %s', (_, text, code) => {
    expect(parse(text)).toMatchObject({ ok: false, problem: { code } });
  });

  test('refuses four million brackets without parsing them', () => {
    expect(parseJson(Buffer.alloc(4_000_000, '['))).toMatchObject({ problem: { code: 'bodyTooComplex' } });
  });

  test('takes a text that only speaks of __proto__', () => {
    expect(parse('{"a":"__proto__"}')).toEqual({ ok: true, value: { a: '__proto__' } });
  });
});
