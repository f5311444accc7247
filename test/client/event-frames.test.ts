import { expect, test } from 'vitest';
import { type Frame, framesOf } from '../../src/client/event-frames.ts';

async function* bytes(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function read(text: string, size: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(bytes(text, size))) frames.push(frame);
  return frames;
}

test.each([1, 3, 1000])('events are the same however they are cut (%i bytes at a time)', async (size) => {
  const text = ': open\n\nid: 1\ndata: {"a":"é: b"}\n\n: beat\n\nid: 2\ndata: x\ndata: y\n\nid: 3\ndata: cut off';
  expect(await read(text, size)).toEqual([
    { id: '1', data: '{"a":"é: b"}' },
    { id: '2', data: 'x\ny' },
  ]);
});
