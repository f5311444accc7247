/**
 * The cases of contracts/genesys.md §3.4, as data. Each runs in a fresh demo world; of its steps, `$id` and `$code` stand
 * for what the answers before gave as `_id` and `_access_code`. A pattern matches a text, an object by its keys.
 */
import type { JsonObject } from '../../../src/model/json.ts';

export type Pattern = string | RegExp | { readonly [key: string]: string | RegExp };

export interface Step {
  /** Method and path, relative to `/genesys/1/service` unless it begins with `/genesys`. */
  readonly line: string;
  readonly form?: string | Readonly<Record<string, string>>;
  readonly json?: string | JsonObject;
  /** Multipart: a text or, as `{ file }`, MyPic.png. */
  readonly parts?: Readonly<Record<string, string | { readonly file: string }>>;
  readonly type?: string;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Moves the clock before. */
  readonly after?: { readonly ms: number };
  /** Changes a directory record before: kind, id, attributes to set. */
  readonly given?: readonly [kind: string, id: string, set: JsonObject];
  readonly status: number;
  readonly phrase?: string;
  /** All keys of the body, or its text. */
  readonly body?: Pattern;
  readonly contentType?: string;
}

export interface Case {
  readonly id: string;
  readonly source: string;
  readonly steps: readonly Step[];
}

const PRINTED = {
  _phone_number: '6504669999',
  _provide_code: 'true',
  language: 'french',
  current_location_latitude: '48.8583',
  current_location_longitude: '2.2944',
};
const { _provide_code: _, ...WITHOUT_CODE } = PRINTED;
const DATA = { language: 'french', current_location_latitude: '48.8583', current_location_longitude: '2.2944' };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACCESS = { _id: ID, _access_number: '8003449999' };
const CODED = { ...ACCESS, _access_code: /^\d{4}$/ };
const PERSON = {
  lastname: 'mylastname',
  address: { street: 'mystreet', city: 'mycity' },
  phones: ['9002@SIP_Switch', '5555666', '7775666'],
  _key: 'ignored',
};
const PERSON_STORED = {
  lastname: 'mylastname',
  address: '{street=mystreet, city=mycity}',
  phones: '[9002@SIP_Switch, 5555666, 7775666]',
};
const PICTURE = { file: 'the bytes of a picture' };
const NOT_FOUND = { message: /./ };
const BAD_JSON = { message: /^Could not read JSON: / };
const FIXTURE = 'efef8eb61-1f24-593d-90da-0034aca34b55';

const START: Step = { line: 'POST /request-interaction', form: PRINTED, status: 200 };
const START_BARE: Step = { line: 'POST /request-interaction', form: '', status: 200, body: ACCESS };
const KEYS = { Key1: 'Value1', Key2: 'Value2', Key3: 'Value3' };
const STORE: Step = { line: 'POST /$id/storage', parts: { ...KEYS, FileKey: PICTURE }, status: 200, body: '' };
const CHAT: Step = { line: 'POST /request-chat', form: {}, status: 200 };
const OPEN_CHAT: Step = {
  line: 'POST /$id/ixn/chat',
  form: { _verbose: 'true', notify_by: 'comet', userDisplayName: 'Ann' },
  status: 200,
};

export const CASES: readonly Case[] = [
  {
    id: 'M01',
    source: 'S004:28-76',
    steps: [
      {
        line: 'POST /request-interaction',
        parts: { ...PRINTED, FileKey: PICTURE },
        status: 200,
        body: /^\{"_id":"[0-9a-f-]{36}","_access_number":"8003449999","_access_code":"\d{4}"\}$/,
      },
      { line: 'GET /$id/storage/binary/FileKey', status: 200, contentType: 'image/png', body: PICTURE.file },
    ],
  },
  {
    id: 'M02',
    source: 'S004:101-111',
    steps: [
      { line: 'POST /request-interaction', json: PRINTED, headers: { gms_user: 'default' }, status: 200, body: CODED },
    ],
  },
  {
    id: 'M03',
    source: 'S004:14',
    steps: [{ ...START, body: CODED }],
  },
  {
    id: 'M04',
    source: 'S004:55; G2',
    steps: [{ line: 'POST /request-interaction', json: WITHOUT_CODE, status: 200, body: ACCESS }],
  },
  {
    id: 'M05',
    source: 'G2',
    steps: [
      { line: 'POST /request-interaction', json: { ...PRINTED, _provide_code: false }, status: 200, body: ACCESS },
    ],
  },
  { id: 'M06', source: 'G8: an empty form', steps: [START_BARE] },
  {
    id: 'M07',
    source: 'S004:23-26',
    steps: [
      {
        line: 'POST /no-such-service',
        form: {},
        status: 404,
        phrase: 'Not Found',
        body: { message: /^No service of that name/ },
      },
    ],
  },
  {
    id: 'M08',
    source: 'S004:88',
    steps: [
      {
        line: 'POST /request-interaction',
        raw: JSON.stringify(PRINTED),
        type: 'application/json;charset=UTF-8',
        status: 200,
        body: CODED,
      },
    ],
  },
  {
    id: 'M09',
    source: 'S004:95-99',
    steps: [
      {
        line: 'POST /request-interaction',
        json: '{ "a":"b" "c":"d" }',
        status: 500,
        phrase: 'Server Error',
        contentType: 'application/json',
        body: {
          message:
            /^Could not read JSON: Unexpected character \('"' \(code 34\)\): was expecting comma to separate OBJECT entries\n at \[Source: /,
        },
      },
    ],
  },
  {
    id: 'M10',
    source: 'S004:95',
    steps: [
      { line: 'POST /request-interaction', json: '[1]', status: 500, body: BAD_JSON },
      { line: 'POST /request-interaction', json: '', status: 500, body: BAD_JSON },
    ],
  },
  {
    id: 'M11',
    source: 'G7',
    steps: [{ line: 'POST /request-interaction', raw: 'a=b', type: 'text/plain', status: 415, body: NOT_FOUND }],
  },
  {
    id: 'M12',
    source: 'S004:90; G1',
    steps: [START, { line: 'GET /$id/storage', status: 200, body: DATA }],
  },
  {
    id: 'M13',
    source: 'G2, G8',
    steps: [
      START,
      {
        line: 'POST /match-interaction',
        form: '_access_number=8003449999&_access_code=$code',
        status: 200,
        body: { _id: '$id', _data_id: '$id' },
      },
    ],
  },
  {
    id: 'M14',
    source: 'G2: nothing matches',
    steps: [
      START,
      { line: 'POST /match-interaction', form: { _access_number: '8003449999', _access_code: 'x' }, status: 404 },
      { line: 'POST /match-interaction', form: { _access_number: '1' }, status: 404, body: NOT_FOUND },
    ],
  },
  {
    id: 'M15',
    source: 'G2: matching frees the access resources',
    steps: [
      START,
      { line: 'POST /match-interaction', form: '_access_number=8003449999&_access_code=$code', status: 200 },
      { line: 'POST /match-interaction', form: '_access_number=8003449999&_access_code=$code', status: 404 },
    ],
  },
  {
    id: 'M16',
    source: 'G3, G8',
    steps: [
      START_BARE,
      {
        line: 'POST /request-access',
        form: '_id=$id&_resource_group=DNIS&_provide_code=true',
        status: 200,
        body: { _access_number: '8003449999', _access_code: /^\d{6}$/ },
      },
    ],
  },
  {
    id: 'M17',
    source: 'G8',
    steps: [
      {
        ...START,
        given: ['resource-group', 'DNIS', { accessCodePrefix: '9' }],
        body: { ...ACCESS, _access_code: /^9\d{3}$/ },
      },
    ],
  },
  {
    id: 'M18',
    source: 'G8',
    steps: [
      START_BARE,
      {
        line: 'POST /request-access',
        given: ['resource-group', 'DNIS', { accessCodePrefix: '999999' }],
        form: '_id=$id&_provide_code=true',
        status: 500,
        body: { message: 'n must be positive' },
      },
      {
        line: 'POST /request-access',
        given: ['resource-group', 'DNIS', { accessCodePrefix: '9999999999' }],
        form: '_id=$id&_provide_code=true',
        status: 500,
        body: { message: 'For input string: "9999999999"' },
      },
    ],
  },
  {
    id: 'M19',
    source: 'G3',
    steps: [
      {
        line: 'POST /request-chat',
        form: { _verbose: 'true' },
        status: 200,
        body: { '_chatIxnAPI-CREATE-URL': /^\/genesys\/1\/service\/[0-9a-f-]{36}\/ixn\/chat$/, _id: ID },
      },
    ],
  },
  { id: 'M20', source: 'S004:198-204', steps: [START_BARE, STORE] },
  {
    id: 'M21',
    source: 'S004:150-154',
    steps: [START, STORE, { line: 'GET /$id/storage', status: 200, body: { ...DATA, ...KEYS } }],
  },
  {
    id: 'M22',
    source: 'S004:168',
    steps: [
      START_BARE,
      STORE,
      {
        line: 'GET /$id/storage/Key1',
        status: 200,
        contentType: 'application/json;charset=UTF-8',
        body: '{"Key1":"Value1"}',
      },
    ],
  },
  {
    id: 'M23',
    source: 'S004:172',
    steps: [START_BARE, STORE, { line: 'GET /$id/storage/Nope', status: 404, body: NOT_FOUND }],
  },
  {
    id: 'M24',
    source: 'S004:228-252',
    steps: [
      START_BARE,
      STORE,
      { line: 'GET /$id/storage/binary/FileKey', status: 200, contentType: 'image/png', body: PICTURE.file },
    ],
  },
  {
    id: 'M25',
    source: 'S004:244-246',
    steps: [START_BARE, STORE, { line: 'GET /$id/storage/binary/Nope', status: 404, body: NOT_FOUND }],
  },
  {
    id: 'M26',
    source: '§2.5, reading 3: texts and files are asked for apart',
    steps: [
      START_BARE,
      STORE,
      { line: 'GET /$id/storage', status: 200, body: KEYS },
      { line: 'GET /$id/storage/FileKey', status: 404 },
      { line: 'GET /$id/storage/binary/Key1', status: 404 },
    ],
  },
  {
    id: 'M27',
    source: 'S004:254',
    steps: [
      START_BARE,
      STORE,
      { line: 'DELETE /$id/storage/FileKey', status: 200, contentType: 'text/plain;charset=UTF-8', body: 'OK' },
      { line: 'GET /$id/storage/binary/FileKey', status: 404 },
      { line: 'DELETE /$id/storage/FileKey', status: 200, body: 'OK' },
    ],
  },
  {
    id: 'M28',
    source: 'S004:78-80,207-219',
    steps: [
      START_BARE,
      { line: 'POST /$id/storage', json: PERSON, status: 200, body: '' },
      { line: 'GET /$id/storage', status: 200, body: PERSON_STORED },
    ],
  },
  {
    id: 'M28b',
    source: 'S004:90,219: whatever begins with _ is no data',
    steps: [
      START_BARE,
      {
        line: 'POST /$id/storage',
        json: '{"_":1,"__proto__":{"a":1},"constructor":"c","k_":"v"}',
        status: 200,
        body: '',
      },
      { line: 'GET /$id/storage', status: 200, body: { constructor: 'c', k_: 'v' } },
    ],
  },
  {
    id: 'M28c',
    source: 'a text in the charset that its part, or its form, names; JSON behind a byte order mark',
    steps: [
      START_BARE,
      {
        line: 'POST /$id/storage',
        raw: Buffer.from(
          '--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\n\xe9\r\n--b--\r\n',
          'latin1',
        ),
        type: 'multipart/form-data; boundary=b',
        status: 200,
      },
      { line: 'POST /$id/storage', raw: '\ufeff{"b":"é"}', type: 'application/json', status: 200 },
      {
        line: 'POST /$id/storage',
        raw: 'c=%E9+x',
        type: 'application/x-www-form-urlencoded; charset=ISO-8859-1',
        status: 200,
      },
      { line: 'GET /$id/storage', status: 200, body: { a: 'é', b: 'é', c: 'é x' } },
    ],
  },
  {
    id: 'M29',
    source: 'S004:89-90',
    steps: [
      { line: 'POST /request-interaction', json: PERSON, status: 200 },
      { line: 'GET /$id/storage', status: 200, body: PERSON_STORED },
    ],
  },
  {
    id: 'M30',
    source: '§2.5: an update keeps the other keys',
    steps: [
      START_BARE,
      STORE,
      { line: 'POST /$id/storage', form: { Key1: 'Value6', Key4: 'é' }, status: 200 },
      { line: 'GET /$id/storage', status: 200, body: { ...KEYS, Key1: 'Value6', Key4: 'é' } },
    ],
  },
  {
    id: 'M31',
    source: 'I',
    steps: [
      START_BARE,
      { line: 'POST /$id/storage', json: '{"n":7,"t":true,"z":null}', status: 200 },
      { line: 'GET /$id/storage', status: 200, body: { n: '7', t: 'true', z: 'null' } },
    ],
  },
  {
    id: 'M32',
    source: 'S004:224-227',
    steps: [
      START,
      { line: 'POST /$id/storage', json: '{"a":"b"', status: 500, phrase: 'Server Error', body: BAD_JSON },
      { line: 'GET /$id/storage', status: 200, body: DATA },
    ],
  },
  {
    id: 'M33',
    source: '§2.5: storage belongs to a service that exists',
    steps: [
      { line: 'POST /no-such-id/storage', form: KEYS, status: 404, body: NOT_FOUND },
      { line: 'GET /no-such-id/storage', status: 404, body: NOT_FOUND },
      { line: 'DELETE /no-such-id/storage', status: 404, body: NOT_FOUND },
      { line: 'DELETE /no-such-id/storage/Key1', status: 404, body: NOT_FOUND },
    ],
  },
  {
    id: 'M34',
    source: 'S004:275-295',
    steps: [
      START,
      STORE,
      { line: 'DELETE /$id/storage', status: 200, body: 'OK' },
      { line: 'GET /$id/storage', status: 200, body: {} },
      { line: 'GET /$id/storage/binary/FileKey', status: 404 },
    ],
  },
  {
    id: 'M35',
    source: 'S004:296-315',
    steps: [
      START,
      { line: 'DELETE /$id', status: 200, body: 'OK' },
      { line: 'GET /$id/storage', status: 404 },
      { line: 'DELETE /$id', status: 404, body: NOT_FOUND },
    ],
  },
  {
    id: 'M36',
    source: 'S004:183',
    steps: [
      { line: 'POST /short-lived', form: KEYS, status: 200, body: ACCESS },
      { line: 'GET /$id/storage', after: { ms: 2_999 }, status: 200, body: KEYS },
      { line: 'GET /$id/storage', after: { ms: 1 }, status: 404 },
    ],
  },
  {
    id: 'M37',
    source: '§2.5: storing does not prolong a life',
    steps: [
      { line: 'POST /short-lived', form: {}, status: 200 },
      { line: 'POST /$id/storage', after: { ms: 2_000 }, form: KEYS, status: 200 },
      { line: 'GET /$id/storage', after: { ms: 1_000 }, status: 404 },
    ],
  },
  {
    id: 'M38',
    source: 'S004:112; G6',
    steps: [
      { line: 'POST /short-lived', form: KEYS, status: 200 },
      { line: 'PUT /genesys/1/cs/services/$id', json: { ttl: 86400 }, status: 200, body: '' },
      { line: 'GET /$id/storage', after: { ms: 86_399_999 }, status: 200, body: KEYS },
      { line: 'GET /$id/storage', after: { ms: 1 }, status: 404 },
    ],
  },
  {
    id: 'M38 beside a time',
    source: 'G6: the ttl wins',
    steps: [
      { line: 'POST /short-lived', form: KEYS, status: 200 },
      {
        line: 'PUT /genesys/1/cs/services/$id',
        json: { ttl: 60, expiration_time: '2026-01-01T00:00:01.000Z' },
        status: 200,
        body: '',
      },
      { line: 'GET /$id/storage', after: { ms: 59_999 }, status: 200, body: KEYS },
      { line: 'GET /$id/storage', after: { ms: 1 }, status: 404 },
    ],
  },
  {
    id: 'M39',
    source: 'G6',
    steps: [
      { line: 'PUT /genesys/1/cs/services/no-such-id', json: { ttl: 1 }, status: 404, body: NOT_FOUND },
      { line: `PUT /genesys/1/cs/services/${FIXTURE}`, json: {}, status: 400, body: NOT_FOUND },
      { line: `PUT /genesys/1/cs/services/${FIXTURE}`, json: '{', status: 400, body: NOT_FOUND },
      ...[-1, 1.5, '1m', true].map(
        (ttl): Step => ({
          line: `PUT /genesys/1/cs/services/${FIXTURE}`,
          json: { ttl },
          status: 400,
          body: { message: /^ttl: must be a whole number of seconds, from 1 to \d+$/ },
        }),
      ),
      { line: `PUT /genesys/1/cs/services/${FIXTURE}`, json: { expiration_time: 'soon' }, status: 400 },
      ...['2026-01-01T00:02:00.000+0000', '2026-01-01T02:02:00.000+02:00'].map(
        (time): Step => ({
          line: `PUT /genesys/1/cs/services/${FIXTURE}`,
          json: { expiration_time: time },
          status: 200,
          body: '',
        }),
      ),
      {
        line: `PUT /genesys/1/cs/services/${FIXTURE}`,
        json: { expiration_time: '2026-01-01T00:01:00.000Z' },
        status: 200,
        body: '',
      },
      { line: `GET /${FIXTURE}/storage`, after: { ms: 60_000 }, status: 404 },
    ],
  },
  {
    id: 'M40',
    source: 'S004:114-133; G7, G9',
    steps: [
      CHAT,
      OPEN_CHAT,
      {
        line: 'POST /$id/ixn/chat/refresh',
        form: { transcriptPosition: '1' },
        status: 200,
        body: {
          chatIxnState: 'TRANSCRIPT',
          chatSessionId: /^0000[0-9A-F]{12}$/,
          transcriptPosition: '2',
          transcriptToShow: /^\[\["Notice.Joined","Ann","has joined the session","0","CLIENT"\]\]$/,
          startedAt: '2026-01-01T00:00:00Z',
          chatServiceMessage: 'Chat service is available',
        },
      },
    ],
  },
  {
    id: 'M41',
    source: 'G7: wrong or missing values',
    steps: [
      CHAT,
      OPEN_CHAT,
      { line: 'POST /$id/ixn/chat/send', form: {}, status: 415, body: NOT_FOUND },
      { line: 'POST /$id/ixn/chat/refresh?transcriptPosition=x', status: 415, body: NOT_FOUND },
      { line: 'POST /$id/ixn/chat/send', raw: 'hello', type: 'text/plain', status: 415, body: NOT_FOUND },
    ],
  },
  {
    id: 'M42',
    source: 'G9',
    steps: [
      CHAT,
      OPEN_CHAT,
      {
        line: 'POST /$id/ixn/chat/disconnect',
        form: {},
        status: 200,
        body: {
          chatIxnState: 'DISCONNECTED',
          chatSessionId: /./,
          transcriptPosition: '3',
          transcriptToShow: /Notice\.Left/,
          startedAt: /Z$/,
          chatServiceMessage: /./,
        },
      },
    ],
  },
  {
    id: 'M43',
    source: 'I',
    steps: [
      START,
      { line: 'POST /$id/unknown-request', form: {}, status: 404, body: NOT_FOUND },
      { line: 'POST /$id/ixn/chat', form: {}, status: 404, body: { message: /^The service has no such request/ } },
      { line: 'POST /$id/ixn/chat', form: {}, status: 404, body: NOT_FOUND },
      { line: 'POST /no-such-id/ixn/chat', form: {}, status: 404, body: NOT_FOUND },
    ],
  },
  {
    id: 'M44',
    source: 'S004:150-154',
    steps: [
      {
        line: `GET /${FIXTURE}/storage`,
        status: 200,
        phrase: 'OK',
        body: '{"Key2":"Value7","Key1":"Value6","Key3":"Value8"}',
      },
    ],
  },
  {
    id: 'M45',
    source: 'I',
    steps: [
      START_BARE,
      { line: 'POST /$id/storage', json: { 'a b': 'x', 'c/d': 'y' }, status: 200 },
      { line: 'GET /$id/storage/a%20b', status: 200, body: { 'a b': 'x' } },
      { line: 'GET /$id/storage/c%2Fd', status: 200, body: { 'c/d': 'y' } },
    ],
  },
  {
    id: 'M45b',
    source: '§2.5, 5: a key named binary is reachable only through GET storage',
    steps: [
      START_BARE,
      { line: 'POST /$id/storage', form: { binary: 'x' }, status: 200 },
      { line: 'GET /$id/storage', status: 200, body: { binary: 'x' } },
      { line: 'GET /$id/storage/binary', status: 404, body: NOT_FOUND },
    ],
  },
  {
    id: 'M46',
    source: 'G8, G9: a reserved word',
    steps: [{ line: 'POST /callback/request-interaction', form: {}, status: 404, body: { message: /^Callbacks/ } }],
  },
];
