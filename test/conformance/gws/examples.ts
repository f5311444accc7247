/**
 * What the contract prints, key by key (genesys.md §1.2 to §1.7): whole resources with nothing left out, and each enumerated
 * value. How things come about is in cases.ts.
 */
import { type Group, HEX_16, having, including, type Step, TEXT, UUID } from './cases.ts';

const ADMIN = 'admin:admin1';
const OK = { statusCode: 0 };
const error = (statusCode: number) => ({ statusCode, statusMessage: TEXT });
const KSIPPO = '63630bbebf4840d7a0bffd6312bc29ff';
const D1 = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';
const VOICE = '/api/v2/me/channels/voice';
const DIAL = `/api/v2/devices/${D1}/calls`;
const CALL = '/api/v2/me/calls/<call>';
const CONSULT = '/api/v2/me/calls/<consult>';
const NOT_READY = { id: '900D55CC-2BB0-431F-8BF9-D3525B383BE6', displayName: 'Not Ready', state: 'NotReady' };
const at = (path: string) => ({ uri: `$U${path}`, path });

/** §1.2.1: the ids are constants of the product. */
const AGENT_STATES = [
  { id: '9430250E-0A1B-421F-B372-F29E69366DED', operationName: 'Ready', displayName: 'Ready', state: 'Ready' },
  { ...NOT_READY, operationName: 'NotReady' },
  {
    id: 'D3663509-3D82-4DD3-A82E-2EA8EFA02AEF',
    operationName: 'AfterCallWork',
    displayName: 'AfterCallWork',
    state: 'NotReady',
    workMode: 'AfterCallWork',
  },
  {
    id: '2B36138D-C564-4562-A8CB-3C32D564F296',
    operationName: 'AuxWork',
    displayName: 'AuxWork',
    state: 'NotReady',
    workMode: 'AuxWork',
  },
  { id: '0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB', operationName: 'Offline', displayName: 'Offline', state: 'Logout' },
];

const DEVICE = {
  id: D1,
  deviceState: 'Active',
  userState: NOT_READY,
  phoneNumber: '15000',
  e164Number: '',
  telephonyNetwork: 'Private',
  doNotDisturb: 'Off',
  voiceEnvironmentUri: '',
  capabilities: ['Ready', 'AfterCallWork', 'AuxWork', 'Offline', 'DoNotDisturbOn', 'ForwardCallsOn'],
  channels: ['voice'],
  ...at(`/devices/${D1}`),
};
const ENGLISH = { id: 'K1', name: 'English', level: '0', ...at('/skills/K1') };
const FEATURE = {
  id: 'api-voice',
  displayName: TEXT,
  description: TEXT,
  autoAssignOnContactCenterCreate: true,
  ...at('/features/api-voice'),
};
const PEER = {
  id: '63630bbebf4840d7a0bffd6312bc2901',
  name: 'peer',
  type: 'User',
  userName: 'peer',
  firstName: 'Pat',
  lastName: 'Peer',
  emailAddress: '',
  phoneNumbers: [{ phoneNumber: '15001' }],
  ...at('/contacts/63630bbebf4840d7a0bffd6312bc2901'),
};
const VOICE_SERVICE = { id: 'voice', serviceName: 'Voice', serviceState: 'Active', ...at('/services/voice') };
/** All that a device may say of itself. */
const SAID = {
  phoneNumber: '3020',
  type: 'ACDPosition',
  vendor: 'V',
  model: 'M',
  country: 'NL',
  location: 'L',
  description: 'd',
  e164Number: '+31203020',
  telephonyNetwork: 'Public',
};

const DATA = ['AttachUserData', 'UpdateUserData', 'DeleteUserData', 'DeleteUserDataPair'];
const ONWARD = ['SingleStepTransfer', 'InitiateTransfer', 'InitiateConference', 'SingleStepConference'];
const could = (path: string, as: string, state: string, ...capabilities: string[]): Step => ({
  id: `1.7.2 ${state}`,
  path: `${path}?fields=state,capabilities`,
  as,
  until: true,
  answer: { statusCode: 0, call: { state, capabilities } },
});
const operation = (path: string, operationName: string, more: object = {}, as = 'ksippo:'): Step => ({
  id: `1.7.3 ${operationName}`,
  method: 'POST',
  path,
  as,
  body: { operationName, ...more },
  answer: OK,
});
const contacts = (query: string, ...userNames: string[]): Step => ({
  id: '1.6 contacts',
  path: `/api/v2/contacts?type=User&fields=userName&${query}`,
  answer: { statusCode: 0, contacts: userNames.map((userName) => ({ userName })) },
});
const noneOf = (path: string): Step => ({ id: '1.0.2 empty', path, as: ADMIN, answer: { statusCode: 0, uris: [] } });
const unknown = (path: string): Step => ({ id: 'S002:18', path, status: 404, answer: error(6) });

export const EXAMPLES: readonly Group[] = [
  {
    title: 'resources as they are printed',
    steps: [
      {
        id: 'demo: its people, in order',
        path: '/api/v2/users?fields=userName,firstName,lastName,roles',
        as: ADMIN,
        answer: {
          statusCode: 0,
          users: [
            { userName: 'ksippo', firstName: 'Kristi', lastName: 'Sippola', roles: ['ROLE_AGENT'] },
            { userName: 'peer', firstName: 'Pat', lastName: 'Peer', roles: ['ROLE_AGENT'] },
            { userName: 'third', firstName: 'Tia', lastName: 'Third', roles: ['ROLE_AGENT'] },
            { userName: 'admin', firstName: TEXT, lastName: TEXT, roles: ['ROLE_ADMIN'] },
          ],
        },
      },
      {
        id: 'demo: their telephones',
        path: '/api/v2/devices?fields=phoneNumber',
        as: ADMIN,
        answer: { statusCode: 0, devices: ['15000', '15001', '15002'].map((phoneNumber) => ({ phoneNumber })) },
      },
      { id: 'S000:57', method: 'POST', path: VOICE, body: { operationName: 'NotReady' }, answer: OK },
      { id: '1.3 resource', path: `/api/v2/me/devices/${D1}`, answer: { statusCode: 0, device: DEVICE } },
      {
        id: '1.3 the same to an administrator',
        path: `/api/v2/users/${KSIPPO}/devices?fields=*`,
        as: ADMIN,
        answer: { statusCode: 0, devices: [DEVICE] },
      },
      { id: '1.5 resource', path: '/api/v2/skills/K1', as: ADMIN, answer: { statusCode: 0, skill: ENGLISH } },
      {
        id: '1.5 resources',
        path: '/api/v2/skills?fields=*',
        as: ADMIN,
        answer: { statusCode: 0, skills: [ENGLISH, { id: 'K2', name: 'Billing', level: '0', ...at('/skills/K2') }] },
      },
      {
        id: '1.6 agent states',
        path: '/api/v2/settings/agent-states?fields=*',
        answer: { statusCode: 0, settings: AGENT_STATES },
      },
      {
        id: '1.6 features',
        path: '/api/v2/me?fields=id&subresources=features',
        answer: { statusCode: 0, user: { id: KSIPPO, features: [FEATURE] } },
      },
      {
        id: '1.6 features of an administrator',
        path: '/api/v2/me/features?fields=id',
        as: ADMIN,
        answer: { statusCode: 0, features: [{ id: 'api-provisioning-read' }, { id: 'api-provisioning-write' }] },
      },
      { id: '1.6 feature', path: '/api/v2/features/api-voice', answer: { statusCode: 0, feature: FEATURE } },
      {
        id: '1.6 services',
        path: '/api/v2/services?fields=*',
        answer: { statusCode: 0, services: including(VOICE_SERVICE) },
      },
      { id: '1.6 contact', path: `/api/v2/contacts/${PEER.id}?type=User`, answer: { statusCode: 0, contact: PEER } },
      contacts('sortBy=userName&limit=2', 'admin', 'ksippo'),
      contacts('sortBy=userName&limit=2&offset=1', 'ksippo', 'peer'),
      contacts('sortBy=userName&order=desc&limit=2', 'third', 'peer'),
      contacts('filterName=firstName&filterParameters=pa', 'peer'),
      contacts('filterName=lastName&filterParameters=pa'),
      {
        id: 'D14 a property that no device has at present',
        path: '/api/v2/devices?fields=*&forwardTo=15009',
        as: ADMIN,
        answer: { statusCode: 0, devices: [] },
      },
      {
        id: '1.6 contacts of another type',
        path: '/api/v2/contacts?type=Queue',
        status: 400,
        answer: error(2),
      },
      {
        id: 'S000:65 skills and devices of a user',
        path: '/api/v2/me/?subresources=skills,devices',
        answer: { statusCode: 0, user: having({ id: KSIPPO, skills: [], devices: [DEVICE] }) },
      },
      {
        id: '1.4 subresources of another',
        path: `/api/v2/users/${KSIPPO}?fields=userName&subresources=devices`,
        as: ADMIN,
        answer: { statusCode: 0, user: { userName: 'ksippo', devices: [DEVICE] } },
      },
      {
        id: '1.4 subresources of all',
        path: '/api/v2/users?fields=userName&subresources=skills&userName=peer',
        as: ADMIN,
        answer: { statusCode: 0, users: [{ userName: 'peer', skills: [] }] },
      },
      ...['/places', `/users/${KSIPPO}/skills`, '/me/devices', '/me/skills', '/me/calls', '/me/settings', '/me/groups']
        .map((path) => `/api/v2${path}`)
        .map(noneOf),
      {
        id: '1.0.2 empty',
        path: '/api/v2/places?fields=*',
        as: ADMIN,
        answer: { statusCode: 0, places: [] },
      },
      ...['/me/devices/none', '/me/skills/none', '/me/calls/none', '/me/channels/chat', '/me/channels/none', '/me/none']
        .map((path) => `/api/v2${path}`)
        .map(unknown),
    ],
  },
  {
    title: 'what is written and read again',
    steps: [
      {
        id: '1.3 all it may say',
        method: 'POST',
        path: '/api/v2/devices',
        as: ADMIN,
        body: SAID,
        answer: { statusCode: 0, id: UUID, uri: TEXT },
        keep: { device: 'id', uri: 'uri' },
      },
      {
        id: '1.3 and says',
        path: '/api/v2/devices/<device>',
        as: ADMIN,
        answer: {
          statusCode: 0,
          device: {
            ...DEVICE,
            ...SAID,
            ...at('/devices/<device>'),
            id: '<device>',
            userState: having({ state: 'LoggedOut' }),
            capabilities: [],
          },
        },
      },
      {
        id: '1.0.3 assigned by the path of the request',
        method: 'POST',
        path: `/api/v2/users/${KSIPPO}/devices/<device>`,
        as: ADMIN,
        answer: OK,
      },
      {
        id: 'S002:89 unassigned by an administrator',
        method: 'DELETE',
        path: `/api/v2/users/${KSIPPO}/devices/<device>`,
        as: ADMIN,
        answer: OK,
      },
      {
        id: 'S002:89 and lives on, without it he works on',
        path: '/api/v2/devices?fields=phoneNumber',
        as: ADMIN,
        answer: { statusCode: 0, devices: including({ phoneNumber: '3020' }) },
      },
      {
        id: 'S002:81 his own again',
        method: 'POST',
        path: `/api/v2/users/${KSIPPO}/devices`,
        as: ADMIN,
        body: { uri: '<uri>' },
        answer: OK,
      },
      {
        id: 'S002:81 what he has already',
        method: 'POST',
        path: `/api/v2/users/${KSIPPO}/devices`,
        as: ADMIN,
        body: { id: D1 },
        answer: OK,
      },
      {
        id: '1.3 stays in its place',
        path: '/api/v2/me/devices?fields=phoneNumber',
        answer: { statusCode: 0, devices: [{ phoneNumber: '15000' }, { phoneNumber: '3020' }] },
      },
      {
        id: 'S002:23 a network there is not',
        method: 'POST',
        path: '/api/v2/devices',
        as: ADMIN,
        body: { phoneNumber: '3021', telephonyNetwork: 'Cloud' },
        status: 400,
        answer: error(2),
      },
      {
        id: 'S002:23 makes no device',
        path: '/api/v2/devices?phoneNumber=3021',
        as: ADMIN,
        answer: { statusCode: 0, uris: [] },
      },
      {
        id: '1.6 place',
        method: 'POST',
        path: '/api/v2/places',
        as: ADMIN,
        body: { name: 'Desk', devices: ['/devices/<device>'] },
        answer: { statusCode: 0, id: UUID, uri: TEXT },
        keep: { place: 'id' },
      },
      {
        id: '1.6 its resource',
        path: '/api/v2/places/<place>',
        as: ADMIN,
        answer: {
          statusCode: 0,
          place: { id: '<place>', name: 'Desk', devices: ['<uri>'], ...at('/places/<place>') },
        },
      },
      ...['/skills/K1', '/devices/<device>', '/places/<place>'].map(
        (path): Step => ({
          id: '1.0.3 an id stays what it is',
          method: 'PUT',
          path: `/api/v2${path}`,
          as: ADMIN,
          body: { id: 'x' },
          status: 403,
          answer: error(3),
        }),
      ),
      {
        id: 'S002:23 a hybrid of which a part cannot be',
        method: 'POST',
        path: `/api/v2/users/${KSIPPO}/skills`,
        as: ADMIN,
        body: { name: 'Greek', level: 'much' },
        status: 400,
        answer: error(2),
      },
      {
        id: 'S002:23 does none of it',
        path: '/api/v2/skills?name=Greek',
        as: ADMIN,
        answer: { statusCode: 0, uris: [] },
      },
      ...(['5', '8'] as const).flatMap((level): readonly Step[] => [
        {
          id: '1.5 assigned, and again with another level',
          method: 'POST',
          path: `/api/v2/users/${KSIPPO}/skills`,
          as: ADMIN,
          body: { uri: '$U/skills/K1', level },
          answer: OK,
        },
        {
          id: '1.5 his resource',
          path: `/api/v2/users/${KSIPPO}/skills/K1`,
          as: ADMIN,
          answer: { statusCode: 0, skill: { ...ENGLISH, level } },
        },
      ]),
      {
        id: '1.5 level of a skill he has not',
        method: 'PUT',
        path: `/api/v2/users/${KSIPPO}/skills/K2`,
        as: ADMIN,
        body: { level: '7' },
        status: 404,
        answer: error(6),
      },
      {
        id: '1.4 a name of another contact centre',
        method: 'POST',
        path: '/api/v2/users',
        as: ADMIN,
        body: { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'rnath', password: '' },
        status: 403,
        answer: { statusCode: 3, statusMessage: "Failed to create user. User 'rnath' already exists." },
      },
      {
        id: '1.4 changePasswordOnFirstLogin',
        method: 'POST',
        path: '/api/v2/users',
        as: ADMIN,
        body: {
          firstName: 'A',
          lastName: 'B',
          roles: ['ROLE_AGENT', 'ROLE_SUPERVISOR'],
          userName: 'ab@example.com',
          password: 'secret word',
          changePasswordOnFirstLogin: true,
          enabled: true,
        },
        answer: { statusCode: 0, id: TEXT, uri: TEXT },
        keep: { ab: 'id' },
      },
      {
        id: '1.4 the nine keys, and no password among them',
        path: '/api/v2/me',
        as: 'ab@example.com:secret word',
        answer: {
          statusCode: 0,
          user: {
            id: '<ab>',
            userName: 'ab@example.com',
            firstName: 'A',
            lastName: 'B',
            roles: ['ROLE_AGENT', 'ROLE_SUPERVISOR'],
            enabled: true,
            changePasswordOnFirstLogin: true,
            ...at('/users/<ab>'),
          },
        },
      },
      ...[`/users/${KSIPPO}`, '/users?fields=*', '/skills/K1', '/devices', '/places/<place>'].map(
        (path): Step => ({
          id: '1.0.4 a supervisor reads',
          path: `/api/v2${path}`,
          as: 'ab@example.com:secret word',
          answer: having(OK),
        }),
      ),
      {
        id: '1.6 features of a supervisor',
        path: '/api/v2/me/features?fields=id',
        as: 'ab@example.com:secret word',
        answer: {
          statusCode: 0,
          features: ['api-voice', 'api-supervisor-agent', 'api-supervisor-monitoring', 'api-provisioning-read'].map(
            (id) => ({ id }),
          ),
        },
      },
      {
        id: '1.0.4 sets the states of others',
        method: 'POST',
        path: `/api/v2/users/${KSIPPO}/channels/voice`,
        as: 'ab@example.com:secret word',
        body: { operationName: 'NotReady' },
        answer: OK,
      },
      ...(
        [
          ['POST', '/skills', { name: 'X' }],
          ['PUT', `/users/${KSIPPO}`, { lastName: 'X' }],
          ['POST', `/users/${KSIPPO}`, { lastName: 'X' }],
          ['DELETE', '/skills/K1'],
          ['POST', `/users/${KSIPPO}/skills`, { id: 'K2' }],
          ['DELETE', `/users/${KSIPPO}/devices/${D1}`],
        ] as const
      ).map(
        ([method, path, body]): Step => ({
          id: '1.0.4 and writes nothing',
          method,
          path: `/api/v2${path}`,
          as: 'ab@example.com:secret word',
          ...(body === undefined ? {} : { body }),
          status: 403,
          answer: error(5),
        }),
      ),
      {
        id: '1.0.4 nor did',
        path: `/api/v2/users/${KSIPPO}?fields=lastName`,
        as: ADMIN,
        answer: { statusCode: 0, user: { lastName: 'Sippola' } },
      },
    ],
  },
  {
    title: 'operations on a device and a session',
    steps: [
      ...(
        [
          ['DoNotDisturbOn', {}, { doNotDisturb: 'On' }, 'DoNotDisturbOff'],
          ['DoNotDisturbOff', {}, { doNotDisturb: 'Off' }, 'DoNotDisturbOn'],
          ['ForwardCallsOn', { forwardTo: '15001' }, { doNotDisturb: 'Off', forwardTo: '15001' }, 'ForwardCallsOff'],
          ['ForwardCallsOff', {}, { doNotDisturb: 'Off' }, 'ForwardCallsOn'],
        ] as const
      ).flatMap(([operationName, more, shown, next]): readonly Step[] => [
        {
          id: `1.2.1 ${operationName}`,
          method: 'POST',
          path: `/api/v2/me/devices/${D1}`,
          body: { operationName, ...more },
          answer: OK,
        },
        {
          id: `1.2.1 ${operationName}, read`,
          path: `/api/v2/me/devices/${D1}?fields=doNotDisturb,forwardTo,capabilities`,
          answer: { statusCode: 0, device: { ...shown, capabilities: including(next) } },
        },
      ]),
      ...['Logout', 'Logout', 'Offline'].map(
        (operationName): Step => ({
          id: `1.2.1 ${operationName} of who is out`,
          method: 'POST',
          path: VOICE,
          body: { operationName },
          answer: OK,
        }),
      ),
      {
        id: '1.2 a channel that has no states',
        method: 'POST',
        path: '/api/v2/me/channels/chat',
        body: { operationName: 'Ready' },
        status: 404,
        answer: error(6),
      },
      {
        id: 'D11 every channel there is',
        method: 'POST',
        path: '/api/v2/me',
        body: {
          operationName: 'StartContactCenterSession',
          channels: ['voice', 'chat', 'email', 'multimedia', 'workitem'],
        },
        answer: OK,
      },
      ...([['fax'], 'voice', []] as const).map(
        (channels): Step => ({
          id: 'D11 no channels there are',
          method: 'POST',
          path: '/api/v2/me',
          body: { operationName: 'StartContactCenterSession', channels },
          status: 400,
          answer: error(2),
        }),
      ),
      ...(
        [
          ['9999', 400, error(2)],
          ['8114', 200, OK],
        ] as const
      ).map(
        ([loginCode, status, answer]): Step => ({
          id: 'D11 the code of who has one',
          method: 'POST',
          path: '/api/v2/me',
          as: 'rnath:',
          body: { operationName: 'StartContactCenterSession', channels: ['voice'], loginCode, queue: 'Q386' },
          status,
          answer,
        }),
      ),
      {
        id: 'D11 at work, at the extension of CCS',
        path: '/api/v2/me/devices?fields=phoneNumber,userState',
        as: 'rnath:',
        answer: { statusCode: 0, devices: [{ phoneNumber: '114', userState: NOT_READY }] },
      },
    ],
  },
  {
    title: 'a session of which a channel is down, in seed',
    options: { channelsDown: ['multimedia'] },
    steps: [
      {
        id: 'S002:16',
        method: 'POST',
        path: '/api/v2/me',
        body: { operationName: 'StartContactCenterSession', channels: ['voice', 'chat'] },
        status: 500,
        answer: error(4),
      },
      {
        id: 'S002:23 nobody is logged in',
        path: '/api/v2/me/channels/voice?fields=userState',
        answer: { statusCode: 0, channel: { userState: having({ state: 'LoggedOut' }) } },
      },
      {
        id: '1.6 the service says so',
        path: '/api/v2/services?fields=id,serviceState',
        answer: {
          statusCode: 0,
          services: [
            { id: 'voice', serviceState: 'Active' },
            { id: 'multimedia', serviceState: 'Inactive' },
          ],
        },
      },
    ],
  },
  {
    title: 'without a base of uris',
    options: { uriBase: null },
    steps: [
      {
        id: 'R2 scheme and host of the request',
        path: '/api/v2/me?fields=uri,path',
        answer: {
          statusCode: 0,
          user: { uri: `$H/api/v2/users/${KSIPPO}`, path: `/users/${KSIPPO}` },
        },
      },
    ],
  },
  {
    title: 'a call as it is printed, and what it could do next',
    phones: true,
    steps: [
      operation(DIAL, 'Dial', { destination: { phoneNumber: '15001' }, userData: { order: '7' }, location: 'here' }),
      {
        id: '1.7.1 resource',
        path: '/api/v2/me/calls?fields=*',
        answer: {
          statusCode: 0,
          calls: [
            {
              id: TEXT,
              state: 'Dialing',
              callUuid: TEXT,
              connId: HEX_16,
              deviceUri: `$U/devices/${D1}`,
              participants: [{ e164Number: '', formattedPhoneNumber: '15001', phoneNumber: '15001', digits: '15001' }],
              dnis: '15001',
              callType: 'Internal',
              capabilities: ['Hangup', 'SendDtmf', ...DATA],
              userData: { order: '7' },
              duration: '0',
              mute: 'Off',
              supervisorListeningIn: false,
              monitoredUserMuted: false,
              monitoring: false,
              uri: TEXT,
              path: TEXT,
            },
          ],
        },
        keep: { call: 'calls.0.id' },
      },
      {
        id: '1.7.1 its ids',
        path: `${CALL}?fields=id,callUuid,uri,path`,
        answer: {
          statusCode: 0,
          call: { id: '<call>', callUuid: '<call>', uri: '$U/me/calls/<call>', path: '/calls/<call>' },
        },
      },
      could(CALL, 'peer:', 'Ringing', 'Answer', 'Reject', ...DATA),
      operation(CALL, 'Answer', {}, 'peer:'),
      could(CALL, 'ksippo:', 'Established', 'Hold', 'Hangup', 'SendDtmf', 'MuteCall', ...ONWARD, ...DATA),
      operation(CALL, 'Hold'),
      could(CALL, 'ksippo:', 'Held', 'Retrieve', 'Hangup', ...ONWARD, ...DATA),
      operation(CALL, 'InitiateTransfer', { destination: { phoneNumber: '15002' }, userData: { more: '8' } }),
      could(CALL, 'ksippo:', 'Held', 'SwapCalls', 'CompleteTransfer', 'Hangup', ...ONWARD, ...DATA),
      {
        id: '1.7.3 the consult has their data',
        path: '/api/v2/me/calls?fields=id,callType,userData&callType=Consult',
        answer: {
          statusCode: 0,
          calls: [{ id: TEXT, callType: 'Consult', userData: { order: '7', more: '8' } }],
        },
        keep: { consult: 'calls.0.id' },
      },
      could(CONSULT, 'ksippo:', 'Dialing', 'Hangup', 'SendDtmf', ...DATA),
      could(CONSULT, 'third:', 'Ringing', 'Answer', 'Reject', ...DATA),
      operation(CONSULT, 'Hangup'),
      operation(CALL, 'InitiateConference', { destination: '15002' }),
      could(CALL, 'ksippo:', 'Held', 'SwapCalls', 'CompleteConference', 'Hangup', ...ONWARD, ...DATA),
      operation(CALL, 'Hangup'),
      could(CALL, 'ksippo:', 'Released'),
    ],
  },
  {
    title: 'what a call could do next, in ext',
    phones: true,
    options: { profile: 'ext' },
    steps: [
      operation(DIAL, 'Dial', { destination: { phoneNumber: '15001' } }),
      { id: '1.7.1 id', path: '/api/v2/me/calls?fields=id', answer: having(OK), keep: { call: 'calls.0.id' } },
      could(CALL, 'ksippo:', 'Dialing', 'Hangup', 'SendDtmf', ...DATA),
      could(CALL, 'peer:', 'Ringing', 'Answer', 'Reject', ...DATA, 'ClearCall'),
      operation(CALL, 'Answer', {}, 'peer:'),
      could(CALL, 'ksippo:', 'Established', 'Hold', 'Hangup', 'SendDtmf', 'MuteCall', ...ONWARD, ...DATA, 'ClearCall'),
      operation(CALL, 'Hold'),
      could(CALL, 'ksippo:', 'Held', 'Retrieve', 'Hangup', ...ONWARD, ...DATA),
    ],
  },
];
