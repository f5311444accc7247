/** Call qualifications and mobile push as a client sees them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretEntriesBy } from '../../../projections/directory.ts';
import { LedgerlineError } from '../../../src/errors.ts';
import { givenXuc, type XucWorld } from './given.ts';

const ANSWER = {
  sub_qualification_id: 1,
  time: '2018-03-21 17:00:00',
  callid: 'callid1',
  agent: 1,
  queue: 1,
  first_name: 'john',
  last_name: 'doe',
  comment: 'some comment',
  custom_data: 'some custom data',
};
const COLUMNS = 'sub_qualification_id,time,callid,agent,queue,first_name,last_name,comment,custom_data\r\n';

let world: XucWorld;
let token: string;
const call = (method: string, path: string, body?: unknown) =>
  world.call(method, path, { token, ...(body === undefined ? {} : { body }) });

beforeAll(async () => {
  world = await givenXuc({ deprecatedApiHosts: [] });
  token = await world.token();
});
afterAll(() => world.stop());

test('a queue offers its qualifications as printed', async () => {
  expect(await call('GET', 'call_qualification/queue/1')).toMatchObject({
    status: 200,
    json: [
      {
        id: 6,
        name: 'General Questions',
        subQualifications: [
          { id: 14, name: 'Common' },
          { id: 15, name: 'Technical' },
        ],
      },
      {
        id: 5,
        name: 'Support',
        subQualifications: [
          { id: 12, name: 'Technical' },
          { id: 13, name: 'General' },
        ],
      },
    ],
  });
  for (const queue of ['5', '99']) expect((await call('GET', `call_qualification/queue/${queue}`)).json).toEqual([]);
  for (const queue of ['x', '', '-1']) {
    const answer = await call('GET', `call_qualification/queue/${queue}`);
    expect(answer).toMatchObject({ status: 400, json: { error: 'JsonErrorDecoding' } });
  }
});

test('answers are numbered, also those given at the same time, and exported by queue and time', async () => {
  const given = await Promise.all([
    call('POST', 'call_qualification', ANSWER),
    call('POST', 'call_qualification', { ...ANSWER, time: '2018-03-21 16:59:59', comment: '=cmd()' }),
    call('POST', 'call_qualification', { ...ANSWER, queue: 5 }),
  ]);
  expect(given.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(given.map(({ json }) => json).sort()).toEqual([1, 2, 3]);
  const row = '1,2018-03-21 17:00:00,callid1,1,1,john,doe,some comment,some custom data\r\n';
  const early = "1,2018-03-21 16:59:59,callid1,1,1,john,doe,'=cmd(),some custom data\r\n";
  for (const path of ['call_qualification/csv', '/xuc/api/api/2.0/call_qualification/csv']) {
    const { status, headers, text } = await call('GET', `${path}/1/2018-03-21/2018-03-21`);
    expect({ status, type: headers.get('content-type'), text }).toEqual({
      status: 200,
      type: 'text/csv; charset=utf-8',
      text: COLUMNS + early + row,
    });
  }
  const ranges: [string, string][] = [
    ['2018-03-21%2017:00:00/2018-03-21%2017:00:00', COLUMNS + row],
    ['2018-03-20/2018-03-21%2016:59:59', COLUMNS + early],
    ['2018-03-22/2018-03-23', COLUMNS],
  ];
  for (const [range, text] of ranges) expect((await call('GET', `call_qualification/csv/1/${range}`)).text).toBe(text);
  for (const range of [
    '1/2018-02-30/2018-03-01',
    '1/today/2018-03-01',
    'x/2018-03-01/2018-03-01',
    '1/2018-03-01',
    '',
    '/',
  ]) {
    expect(await call('GET', `call_qualification/csv/${range}`), range).toMatchObject({ status: 400 });
  }
});

test('an answer has its number again for its key; another under that key has none', async () => {
  const under = { token, headers: { 'idempotency-key': 'one-answer' } };
  const first = await world.call('POST', 'call_qualification', { ...under, body: ANSWER });
  expect(await world.call('POST', 'call_qualification', { ...under, body: ANSWER })).toMatchObject({
    status: 201,
    json: first.json,
  });
  expect(
    await world.call('POST', 'call_qualification', { ...under, body: { ...ANSWER, callid: 'callid2' } }),
  ).toMatchObject({ status: 400, json: { error: 'JsonErrorDecoding' } });
});

test.each([
  ['', 'JsonBodyNotFound'],
  ['-d', 'JsonErrorDecoding'],
  [{ sub_qualification_id: 'one' }, 'JsonErrorDecoding'],
  [{ ...ANSWER, agent: undefined }, 'JsonErrorDecoding'],
  [{ ...ANSWER, time: '2018-03-21' }, 'JsonErrorDecoding'],
  [{ ...ANSWER, queue: 1.5 }, 'JsonErrorDecoding'],
])('%j is no answer', async (body, error) => {
  expect(await call('POST', 'call_qualification', body)).toMatchObject({ status: 400, json: { error } });
});

test('texts of an answer may be left out', async () => {
  const { first_name, last_name, comment, custom_data, ...least } = { ...ANSWER, queue: 7 };
  expect(await call('POST', 'call_qualification', least)).toMatchObject({ status: 201 });
  const { text } = await call('GET', 'call_qualification/csv/7/2018-03-21/2018-03-21');
  expect(text).toBe(`${COLUMNS}1,2018-03-21 17:00:00,callid1,1,7,,,,\r\n`);
});

test('a day is exported from its first second to its last', async () => {
  for (const time of ['2018-03-20 23:59:59', '2018-03-21 00:00:00', '2018-03-21 23:59:59', '2018-03-22 00:00:00'])
    await call('POST', 'call_qualification', { ...ANSWER, queue: 9, time });
  const { text } = await call('GET', 'call_qualification/csv/9/2018-03-21/2018-03-21');
  expect(text.match(/2018-03-2.{10}/g)).toEqual(['2018-03-21 00:00:00', '2018-03-21 23:59:59']);
});

test('a text of two lines is one row of the export', async () => {
  await call('POST', 'call_qualification', { ...ANSWER, queue: 8, comment: 'first\nsecond' });
  const { text } = await call('GET', 'call_qualification/csv/8/2018-03-21/2018-03-21');
  expect(text).toBe(`${COLUMNS}1,2018-03-21 17:00:00,callid1,1,8,john,doe,"first\nsecond",some custom data\r\n`);
});

test('a telephone is registered by platform, the last token wins', async () => {
  const paths = [
    'config/mobile/push/register/android?apiVersion=2.0',
    'config/mobile/push/register/ios',
    'mobile/push/register',
  ];
  for (const [index, path] of paths.entries()) {
    expect(await call('POST', path, { token: `1234-${index}` })).toMatchObject({ status: 201, text: '' });
  }
  const kept = secretEntriesBy(world.world.runtime.live, { kind: 'push-token', key: 'user', value: 'alicej' });
  expect(kept.map(({ attributes }) => [attributes.platform, attributes.token])).toEqual([
    ['android', '1234-2'],
    ['ios', '1234-1'],
  ]);
});

test.each([
  ['config/mobile/push/register/android', '', 'JsonBodyNotFound'],
  ['config/mobile/push/register/android', '{ "token": "1234-5678", }', 'JsonErrorDecoding'],
  ['config/mobile/push/register/ios', { token: 1 }, 'JsonErrorDecoding'],
  ['mobile/push/register', {}, 'JsonErrorDecoding'],
  ['config/mobile/push/register/ios?apiVersion=3.0', { token: 'x' }, 'JsonErrorDecoding'],
])('%s refuses %j', async (path, body, error) => {
  expect(await call('POST', path, body)).toMatchObject({ status: 400, json: { error } });
});

test('a log that cannot be reached is told as the document does', async () => {
  const down = await givenXuc({
    runtimeOf: (runtime) => ({
      live: runtime.live,
      reach: runtime.reach,
      query: (moment) => runtime.query(moment),
      positionAt: (time) => runtime.positionAt(time),
      follow: (options) => runtime.follow(options),
      replay: (range) => runtime.replay(range),
      submit: () => Promise.reject(new LedgerlineError('unavailable', 'the log cannot be reached')),
    }),
  });
  try {
    const asAlice = { token: await down.token() };
    const answer = await down.call('POST', 'call_qualification', { ...asAlice, body: ANSWER });
    expect(answer).toMatchObject({ status: 503, json: { error: 'Unreachable' } });
    const push = await down.call('POST', 'mobile/push/register', { ...asAlice, body: { token: 'x' } });
    expect(push).toMatchObject({ status: 500, json: { error: 'NotHandledError' } });
  } finally {
    await down.stop();
  }
});

test('a stranger registers nothing', async () => {
  const answer = await world.call('POST', 'mobile/push/register', { body: { token: 'x' } });
  expect(answer).toMatchObject({ status: 401, json: { error: 'AuthorizationHeaderNotFound' } });
});
