import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../../src/log/codec.ts';
import { decodeKnown } from '../../src/log/known-record.ts';
import type { PlacedRecord } from '../../src/log/log.ts';
import type { LoggedTransition, Transition } from '../../src/model/transition.ts';
import { agentState } from '../support/agent-records.ts';
import { Chains } from '../support/given.ts';
import { histories } from '../support/histories.ts';

const agent = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };

/** All of it, the state too. */
function shown({ position, actor, visibility, transition: { data, ...rest }, time, hash }: LoggedTransition) {
  const where = { position, actor, visibility, time, hash };
  const { version, event, from, to, state, cause, part, machine, prev } = data;
  return { ...where, transition: { ...rest, data: { version, event, from, to, state, cause, part, machine, prev } } };
}

function known(stored: PlacedRecord) {
  const decoded = decodeKnown(stored);
  return decoded.kind === 'record' ? shown(decoded.record) : undefined;
}

function whole(stored: PlacedRecord) {
  const decoded = decode(stored);
  return decoded.kind === 'record' ? shown(decoded.record) : undefined;
}

/** A valid record, changed as text. */
function written(change: (text: string) => string): PlacedRecord {
  const [stored] = new Chains().add(agent, agentState('ready', 1)).stored;
  if (stored === undefined) throw new Error('nothing was added');
  return { ...stored, payload: Buffer.from(change(Buffer.from(stored.payload).toString())) };
}

test('a record that is known to be valid reads as any other', () => {
  fc.assert(
    fc.property(histories, (stored) => {
      for (const record of stored) {
        const expected = whole(record);
        if (expected !== undefined) expect(known(record)).toEqual(expected);
      }
    }),
  );
});

test('what looks like a state or a cause elsewhere in a record is not taken for it', () => {
  const lookalike = { state: { context: { cause: { command: 'x' } } }, cause: { command: 'y' } };
  const texts = { text: ',"state":{"context":{}},"cause":{"command":"z"', ...lookalike };
  const [record] = new Chains().add(agent, agentState('ready', 1)).stored;
  const { data, ...rest } = JSON.parse(Buffer.from(record?.payload ?? []).toString()) as Transition;
  for (const told of [{ type: 'a', ...lookalike }, { type: 'a', texts }, { type: 'a' }]) {
    const state = { context: { ...data.state.context, ...texts, lookalike } };
    const payload = encode({ ...rest, data: { ...data, event: told, state } });
    const stored = { position: 1, subject: 'evt.genesys.agent.ksippo', payload };
    expect(whole(stored)?.transition.data).toMatchObject({ event: told, state });
    expect(known(stored)).toEqual(whole(stored));
  }
});

test.each([
  ['written with blanks', (text: string) => JSON.stringify(JSON.parse(text), undefined, 1)],
  [
    'with its fields in another order',
    (text: string) => text.replace(/,"prev":null/, '').replace('"data":{', '"data":{"prev":null,'),
  ],
  [
    'that names a field twice',
    (text: string) => text.replace(',"cause":', ',"state":{"context":{"second":true}},"cause":'),
  ],
])('a record %s, though nobody here writes it so, reads as any other', (_, change) => {
  const stored = written(change);
  expect(whole(stored)).toBeDefined();
  expect(known(stored)).toEqual(whole(stored));
});
