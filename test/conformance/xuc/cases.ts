/**
 * The HTTP cases of contracts/xivo-ccs.md part 3 for XUC, as data: number, section, request, answer. Those of the socket, of
 * the webhook and of what a command does afterwards are told as stories in test/dialects/xuc.
 */

export interface XucCase {
  readonly number: number;
  readonly section: string;
  /** Paths that begin with a digit are behind `/xuc/api/`, others behind `/xuc/api/2.0/`. */
  readonly request: readonly [method: string, path: string, body?: unknown];
  /** Whose token is sent. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: CaseAnswer;
  /** The same request, once before. */
  readonly twice?: true;
}

export interface CaseAnswer {
  readonly status: number;
  readonly error?: string;
  /** The whole body, where `<uuid>`, `<token>` and `<number>` stand for any. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const DOE = {
  firstname: 'doe',
  lastname: 'john',
  number: '1111',
  mobile: '2222',
  fax: '3333',
  email: 'j.doe@my.corp',
  company: 'corp',
};
const PRINTED = '28079dc0-2c6b-4332-9075-61da9229389f';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const HEADERS = ['Firstname', 'Lastname', 'Number', 'Mobile', 'Favorite'];
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
const CSV = { 'content-type': 'text/csv;charset=UTF-8' };
const ok = (body: unknown): CaseAnswer => ({ status: 200, body });
const empty = (status: number): CaseAnswer => ({ status, text: '' });
const refused = (status: number, error: string): CaseAnswer => ({ status, error });
const call = (start: string, duration: string, srcUsername: string, dstUsername: string, status: string) => ({
  start,
  duration,
  srcUsername,
  dstUsername,
  status,
});
const HISTORY = [
  call('2018-09-20 17:38:41', '00:00:02', 'bruce', 'alicej', 'emitted'),
  call('2018-09-20 17:19:40', '00:00:01', 'bruce', 'cquefia', 'emitted'),
  call('2018-09-20 17:15:00', '00:00:18', 'cquefia', 'bruce', 'missed'),
  call('2018-09-20 17:14:16', '00:00:11', 'cquefia', 'bruce', 'missed'),
];

const authentication: readonly XucCase[] = [
  {
    number: 79,
    section: 'login',
    request: ['POST', 'auth/login', { login: 'alicej', password: 'pw' }],
    answer: ok({ login: 'alicej', token: '<token>', TTL: 3600 }),
  },
  {
    number: 80,
    section: 'login',
    request: ['POST', 'auth/login', { login: '', password: '' }],
    answer: refused(401, 'InvalidCredentials'),
  },
  { number: 82, section: 'login', request: ['POST', 'auth/login', '{"login":'], answer: refused(400, 'InvalidJson') },
  {
    number: 83,
    section: 'login',
    request: ['POST', 'auth/login', { login: 'alicej' }],
    answer: refused(400, 'InvalidJson'),
  },
  {
    number: 84,
    section: 'login',
    request: ['POST', 'auth/login', { login: 'bruce', password: 'bruce', softwareType: 'x', applicationType: 'y' }],
    answer: ok({ login: 'bruce', token: '<token>', TTL: 3600 }),
  },
  { number: 86, section: 'check', request: ['GET', 'auth/check'], answer: refused(401, 'AuthorizationHeaderNotFound') },
  {
    number: 92,
    section: 'sso',
    request: ['GET', 'auth/sso'],
    answer: { status: 401, error: 'SsoAuthenticationFailed', headers: { 'www-authenticate': 'Negotiate' } },
  },
  {
    number: 97,
    section: 'cas',
    request: ['GET', 'auth/cas?service=x&ticket=y'],
    answer: refused(500, 'CasServerUrlNotSet'),
  },
  { number: 101, section: 'oidc', request: ['GET', 'auth/oidc?token=x'], answer: refused(500, 'OidcNotEnabled') },
];

const contacts: readonly XucCase[] = [
  {
    number: 107,
    section: 'List',
    as: 'john',
    request: ['GET', 'contact/personal'],
    answer: ok({
      entries: [
        { status: 0, entry: ['hawkeye', 'pierce', '1002', '0761187406', 'false'] },
        { status: -2, entry: ['peter', 'pan', '1004', '', 'false'] },
      ],
      headers: HEADERS,
    }),
  },
  {
    number: 108,
    section: 'List',
    as: 'cquefia',
    request: ['GET', 'contact/personal'],
    answer: ok({ entries: [], headers: HEADERS }),
  },
  {
    number: 109,
    section: 'List',
    request: ['GET', 'contact/personal'],
    answer: refused(401, 'AuthorizationHeaderNotFound'),
  },
  {
    number: 111,
    section: 'Get',
    as: 'vmachin',
    request: ['GET', `contact/personal/${PRINTED}`],
    answer: ok({ id: PRINTED, ...DOE }),
  },
  {
    number: 112,
    section: 'Get',
    as: 'vmachin',
    request: ['GET', `contact/personal/${UNKNOWN}`],
    answer: refused(404, 'ContactNotFound'),
  },
  {
    number: 113,
    section: 'Get',
    as: 'alicej',
    request: ['GET', `contact/personal/${PRINTED}`],
    answer: refused(404, 'ContactNotFound'),
  },
  {
    number: 114,
    section: 'Create',
    as: 'alicej',
    request: ['POST', 'contact/personal', DOE],
    answer: { status: 201, body: { id: '<uuid>', ...DOE } },
  },
  {
    number: 115,
    section: 'Create',
    as: 'alicej',
    request: ['POST', 'contact/personal', DOE],
    twice: true,
    answer: refused(409, 'DuplicateContact'),
  },
  {
    number: 116,
    section: 'Create',
    as: 'alicej',
    request: ['POST', 'contact/personal', '{'],
    answer: refused(500, 'JsonParsingError'),
  },
  {
    number: 117,
    section: 'Create',
    as: 'alicej',
    request: ['POST', 'contact/personal', { firstname: 1 }],
    answer: refused(400, 'InvalidContact'),
  },
  {
    number: 118,
    section: 'Create',
    as: 'alicej',
    request: ['POST', 'contact/personal', {}],
    answer: refused(400, 'InvalidContact'),
  },
  {
    number: 137,
    section: 'Update',
    as: 'vmachin',
    request: ['PUT', `contact/personal/${PRINTED}`, DOE],
    answer: ok({ id: PRINTED, ...DOE }),
  },
  {
    number: 119,
    section: 'Update',
    as: 'vmachin',
    request: ['PUT', `contact/personal/${PRINTED}`, { lastname: 'x' }],
    answer: ok({ id: PRINTED, lastname: 'x' }),
  },
  {
    number: 120,
    section: 'Update',
    as: 'vmachin',
    request: ['PUT', `contact/personal/${UNKNOWN}`, DOE],
    answer: refused(404, 'ContactNotFound'),
  },
  {
    number: 127,
    section: 'Delete',
    as: 'vmachin',
    request: ['DELETE', `contact/personal/${UNKNOWN}`],
    answer: refused(404, 'ContactNotFound'),
  },
  {
    number: 123,
    section: 'Delete',
    as: 'vmachin',
    request: ['DELETE', `contact/personal/${PRINTED}`],
    answer: empty(204),
  },
  { number: 125, section: 'Delete All', as: 'john', request: ['DELETE', 'contact/personal'], answer: empty(204) },
  { number: 130, section: 'Export', as: 'john', request: ['GET', 'contact/export/personal'], answer: empty(204) },
  {
    number: 131,
    section: 'Import',
    as: 'bruce',
    headers: CSV,
    request: [
      'POST',
      'contact/import/personal',
      'company,email,fax,firstname,lastname,mobile,number\\ncorp,jdoe@company.corp,3333,John,Doe,2222,1111',
    ],
    answer: {
      status: 201,
      body: {
        created: [
          {
            id: '<uuid>',
            company: 'corp',
            email: 'jdoe@company.corp',
            fax: '3333',
            firstname: 'John',
            lastname: 'Doe',
            mobile: '2222',
            number: '1111',
          },
        ],
        failed: [],
      },
    },
  },
  {
    number: 128,
    section: 'Export',
    as: 'bruce',
    request: ['GET', 'contact/export/personal'],
    answer: {
      status: 200,
      text: 'company,email,fax,firstname,lastname,mobile,number\r\ncorp,jdoe@company.corp,3333,John,Doe,2222,1111\r\n',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
    },
  },
  {
    number: 132,
    section: 'Import',
    as: 'bruce',
    headers: CSV,
    request: ['POST', 'contact/import/personal', 'lastname\nWayne\na,b\nHawking\n'],
    answer: {
      status: 201,
      body: {
        created: [
          { id: '<uuid>', lastname: 'Wayne' },
          { id: '<uuid>', lastname: 'Hawking' },
        ],
        failed: [{ line: 3, errors: ['too many fields'] }],
      },
    },
  },
  {
    number: 133,
    section: 'Import',
    as: 'bruce',
    headers: CSV,
    request: ['POST', 'contact/import/personal', 'firstname,lastname\nPeter\nPeter,Pan\n'],
    answer: {
      status: 201,
      body: {
        created: [{ id: '<uuid>', firstname: 'Peter', lastname: 'Pan' }],
        failed: [{ line: 2, errors: ['missing fields'] }],
      },
    },
  },
  {
    number: 134,
    section: 'Import',
    as: 'bruce',
    headers: CSV,
    request: ['POST', 'contact/import/personal', 'firstname,lastname\n'],
    answer: refused(400, 'InvalidContact'),
  },
];

const qualifications: readonly XucCase[] = [
  {
    number: 142,
    section: 'Qualifications, Get',
    as: 'alicej',
    request: ['GET', 'call_qualification/queue/1'],
    answer: ok([
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
    ]),
  },
  {
    number: 143,
    section: 'Qualifications, Get',
    as: 'alicej',
    request: ['GET', 'call_qualification/queue/99'],
    answer: ok([]),
  },
  {
    number: 144,
    section: 'Qualifications, Create',
    as: 'alicej',
    request: ['POST', 'call_qualification', ANSWER],
    answer: { status: 201, body: '<number>' },
  },
  {
    number: 146,
    section: 'Qualifications, Create',
    as: 'alicej',
    request: ['POST', 'call_qualification'],
    answer: refused(400, 'JsonBodyNotFound'),
  },
  {
    number: 147,
    section: 'Qualifications, Create',
    as: 'alicej',
    request: ['POST', 'call_qualification', { sub_qualification_id: 'one' }],
    answer: refused(400, 'JsonErrorDecoding'),
  },
  {
    number: 148,
    section: 'Qualifications, Export',
    as: 'alicej',
    request: ['GET', 'call_qualification/csv/1/2018-03-21/2018-03-21'],
    answer: {
      status: 200,
      text: `${COLUMNS}1,2018-03-21 17:00:00,callid1,1,1,john,doe,some comment,some custom data\r\n`,
    },
  },
  {
    number: 149,
    section: 'Qualifications, Export',
    as: 'alicej',
    request: ['GET', '/xuc/api/api/2.0/call_qualification/csv/1/2018-03-22/2018-03-23'],
    answer: { status: 200, text: COLUMNS },
  },
  {
    number: 150,
    section: 'Qualifications, Export',
    as: 'alicej',
    request: ['GET', 'call_qualification/csv/1/2018-03-22/2018-03-23'],
    answer: { status: 200, text: COLUMNS },
  },
];

const mobile: readonly XucCase[] = [
  {
    number: 152,
    section: 'Mobile, Android',
    as: 'alicej',
    request: ['POST', 'config/mobile/push/register/android?apiVersion=2.0', { token: '1234-5678' }],
    answer: empty(201),
  },
  {
    number: 153,
    section: 'Mobile, iOS',
    as: 'alicej',
    request: ['POST', 'config/mobile/push/register/ios?apiVersion=2.0', { token: '1234-5678' }],
    answer: empty(201),
  },
  {
    number: 154,
    section: 'Mobile, deprecated',
    as: 'alicej',
    request: ['POST', 'mobile/push/register', { token: '1234-5678' }],
    answer: empty(201),
  },
  {
    number: 155,
    section: 'Mobile, Android',
    as: 'alicej',
    request: ['POST', 'config/mobile/push/register/android?apiVersion=2.0'],
    answer: refused(400, 'JsonBodyNotFound'),
  },
  {
    number: 156,
    section: 'Mobile, Android',
    as: 'alicej',
    request: ['POST', 'config/mobile/push/register/android', '{ "token": "1234-5678", }'],
    answer: refused(400, 'JsonErrorDecoding'),
  },
  {
    number: 157,
    section: 'Mobile, Android',
    request: ['POST', 'config/mobile/push/register/android', { token: 'x' }],
    answer: refused(401, 'AuthorizationHeaderNotFound'),
  },
];

const USER = '/xuc/api/1.0';
const deprecated: readonly XucCase[] = [
  {
    number: 161,
    section: 'Connection',
    request: ['POST', `${USER}/connect/avencall.com/alicej/`, { password: 'pw' }],
    answer: empty(200),
  },
  {
    number: 162,
    section: 'DND',
    request: ['POST', `${USER}/dnd/avencall.com/alicej/`, { state: true }],
    answer: empty(200),
  },
  {
    number: 163,
    section: 'DND',
    request: ['POST', `${USER}/dnd/avencall.com/alicej/`, { state: 'yes' }],
    answer: refused(400, 'InvalidJson'),
  },
  {
    number: 164,
    section: 'Dial',
    request: ['POST', `${USER}/dial/avencall.com/alicej/`, { number: '1101' }],
    answer: empty(200),
  },
  {
    number: 165,
    section: 'Dial',
    request: ['POST', `${USER}/dial/avencall.com/bruce/`, { number: '+33 (0)1 23 45 67 89' }],
    answer: empty(200),
  },
  {
    number: 167,
    section: 'Dial',
    request: ['POST', `${USER}/dial/avencall.com//`, { number: '' }],
    answer: refused(404, 'UserNotFound'),
  },
  {
    number: 168,
    section: 'DialByUsername',
    request: ['POST', `${USER}/dialByUsername/avencall.com/cquefia/`, { username: 'john' }],
    answer: empty(200),
  },
  {
    number: 169,
    section: 'DialFromQueue',
    request: [
      'POST',
      `${USER}/dialFromQueue/avencall.com/alicej/`,
      { destination: '1002', queueId: 5, callerIdName: 'Thomas', callerIdNumber: '999999', variables: { foo: 'bar' } },
    ],
    answer: empty(200),
  },
  {
    number: 171,
    section: 'Forward',
    request: ['POST', `${USER}/uncForward/avencall.com/alicej/`, { state: true, destination: '1102' }],
    answer: empty(200),
  },
  {
    number: 172,
    section: 'Forward',
    request: ['POST', `${USER}/naForward/avencall.com/alicej/`, { state: true, destination: '1102' }],
    answer: empty(200),
  },
  {
    number: 173,
    section: 'Forward',
    request: ['POST', `${USER}/busyForward/avencall.com/alicej/`, { state: false, destination: '' }],
    answer: empty(200),
  },
  { number: 174, section: 'Handshake', request: ['POST', `${USER}/handshake/avencall.com/`], answer: empty(200) },
  {
    number: 175,
    section: 'AgentLogin',
    request: ['POST', `${USER}/agentLogin/`, { agentphonenumber: '1058', agentnumber: '8000' }],
    answer: empty(200),
  },
  {
    number: 176,
    section: 'TogglePause',
    request: ['POST', `${USER}/togglePause/`, { phoneNumber: '1058' }],
    twice: true,
    answer: empty(200),
  },
  {
    number: 178,
    section: 'AgentLogout',
    request: ['POST', `${USER}/agentLogout/`, { phoneNumber: '1058' }],
    answer: empty(200),
  },
  {
    number: 181,
    section: 'History by days',
    request: ['GET', `${USER}/historyByUsername/avencall.com/vmachin?days=1`],
    answer: ok([]),
  },
];

const history: readonly XucCase[] = [
  {
    number: 179,
    section: 'History by size',
    request: ['GET', `${USER}/historyByUsername/avencall.com/bruce?size=4`],
    answer: ok(HISTORY),
  },
  {
    number: 180,
    section: 'History by size',
    request: ['GET', `${USER}/historyByUsername/mattermost/bruce?size=1`],
    answer: ok(HISTORY.slice(0, 1)),
  },
];

/** In the order in which they are asked of one world. */
export const XUC_CASES = [...authentication, ...contacts, ...qualifications, ...mobile, ...history, ...deprecated];
