/**
 * The cases of shared/contracts/xivo-ccs.md part 3 that concern CCS over HTTP, as data. `number` is the contract's; a case
 * without one is ours. Every case begins with the demo as it was loaded. Cases 7, 39 and 72 to 78 need more than requests;
 * they are in test/dialects/ccs (errors, agent-state, socket).
 */

import type { MachineEvent } from '../../../src/model/command.ts';
import {
  ANSWERED,
  CALL,
  CCSLAB15,
  EXTENSION_101,
  EXTENSION_102,
  EXTENSION_114,
  LUNCHLAB,
  OFFERED,
  QUEUE_210,
  RINGS,
  WAITS,
} from '../../dialects/ccs/given.ts';

export interface Step {
  /** Method and path below `/6/v2/api`. */
  readonly request: string;
  /** Bearer token; absent: no credentials. */
  readonly as?: string;
  /** Sent as it is when it is a text. */
  readonly body?: unknown;
  readonly status: number;
  /** The whole body. */
  readonly equals?: unknown;
  /** Part of the body. */
  readonly has?: object;
  /** Keys that must not be there. */
  readonly lacks?: readonly string[];
}

export interface Case {
  readonly number?: number;
  /** The section of seed 001, and I where the contract inferred it. */
  readonly section: string;
  /** So many ms into the first second of the demo. */
  readonly at?: number;
  /** What happens to the call with the printed id first. */
  readonly call?: readonly MachineEvent[];
  readonly steps: readonly Step[];
}

const UNAUTHORIZED = { status: 401, equals: { status: 401, reason: 'Unauthorized' } };
const REFUSED = { status: 400, has: { success: false } };
const refusal = (reason: string) => ({ success: false, reason });
const DONE = { status: 200, equals: { success: true } };
const TELCO = 'demo-telco';
const NORTH = 'demo-telco-north';
const TENANT = 'demo-tenant';
const LUNCH = 'demo-tenant-lunch';
const PRODUCT = 'c4389d99-1434-42ca-98ab-b5803b9b608d';
const CALL_PATH = `/calls/${CALL}`;
const FILTER =
  '/calls/filter?calling_number=501&called_number=101&from_datetime=2021-10-07T07:22:21&to_datetime=2021-10-07T07:22';

const PRODUCTS = { status: 200, has: { total: '7', success: true } };
const ACDS = {
  total: 2,
  success: true,
  items: [
    [
      {
        uuid: 'az123456-0817-40a5-86aa-0f43becbd6f6',
        type: 'voice_queues',
        tenant_id: '81bf95ea-53d6-48e2-85cd-f8d6bde10fd9',
        name: 'Q3878',
        extension: '387',
        alternate_extensions: [],
      },
      {
        uuid: 'az123456-d988-4239-ab9c-c393eeb2d217',
        type: 'voice_queues',
        tenant_id: '81bf95ea-53d6-48e2-85cd-f8d6bde10fd9',
        name: 'Q386',
        extension: '386',
        alternate_extensions: [],
      },
    ],
  ],
};
const EXTENSIONS = {
  total: '3',
  success: true,
  items: [
    { uuid: EXTENSION_114, lastname: 'Nath', firstname: 'Reese', extension: '114' },
    { uuid: 'az123456-57be-4919-aa73-b2e6341fe461', lastname: 'Patel', firstname: 'Sonny', extension: '113' },
    { uuid: 'az123456-7bee-4351-bcd6-ecc2d8620b83', lastname: 'Masters', firstname: 'Rob', extension: '112' },
  ],
};
const TELCO_ID = { uuid: 'az123456-eee4-46f5-baf9-a9d661bfa92a', name: 'Broadview' };
const SILHOUETTE_ID = { uuid: 'az123456-bd5e-480c-aeca-fb726cde928f', name: 'nvlab180-1' };
const PRODUCT_ID = [
  { uuid: 'az123456-7a90-4e41-a91d-19c8e35e81ef', notes: '', name: 'Campaign' },
  { uuid: 'az123456-8cd5-4f06-9b23-af8c1283c4c6', notes: '', name: 'ECR,ACP' },
];
const TENANTS = {
  total: '1',
  success: true,
  items: [
    {
      uuid: 'az123456-53d6-48e2-85cd-f8d6bde10fd9',
      telco_id: TELCO_ID,
      status: 'enable',
      silhouette_id: SILHOUETTE_ID,
      sil_tenant_url: '/ccsl06',
      sil_tenant_name: 'CCSLab15',
      sil_tenant_id: '500900355',
      sil_authentication: true,
      product_name: 'Call Center Services',
      product_id: PRODUCT_ID,
      modified_on: '2021-03-12 07:23:02 AM',
      modified_by: [],
      cross_reference: [],
      created_on: '2020-04-17 01:48:02 AM',
      created_by: 'root',
    },
  ],
};
const TENANT_DETAIL = {
  success: true,
  sil_tenant_name: 'CCSLab15',
  site_ip_address: '58.00.231.32',
  nightly_call_details: true,
  rec_down_limit: '100',
  rec_extn_limit: '10',
  telco_id: TELCO_ID,
  chat_licenses_count: 5,
  multimedia_licenses_count: 5,
  group_agent_count: 5,
  cdr_retention: '365',
  uuid: 'az123456-53d6-48e2-85cd-f8d6bde10fd9',
  chat_licenses: '6',
  multimedia_licenses: '6',
  max_queues_count: 29,
  monitor_ext_limit: '3',
  sid: '500900355',
  max_agents_count: 8,
  max_agents: '100',
  timezone: 'US/Eastern',
  product_id: PRODUCT_ID,
  sil_auth_editable: true,
  ve_ivr: 'true',
  modified_on: '2021-03-12 07:23:02 AM',
  created_on: '2020-04-17 01:48:02 AM',
  sil_tenant_url: '/ccsl06',
  rec_extn_count: 7,
  sil_crplatform_enabled: true,
  library_limit: '600',
  status: 'enable',
  sil_authentication: true,
  default_gateway_id: { uuid: 'az123456-ca8a-42e3-a432-ecc0c4479daa', name: 'Metaswitch' },
  default_signin_method: 'Phone',
  sftp_export: false,
  rec_retention: '30',
  sil_tenant_id: '500900355',
  monitor_ext_count: 2,
  created_by: 'root',
  campaign_size: '99',
  group_agent_limit: '1',
  default_outgoing_clid: '2677318044',
  rec_quality: 'mono',
  cleanup_sftp: false,
  max_queues: '45',
  service_extension: '536',
  sftp_dir_configured: true,
  name: 'CCSLab15',
  product_name: 'Call Center Services',
  silhouette_id: SILHOUETTE_ID,
};
const LIMITS = {
  product_name: 'New Product',
  rec_extn_limit: '10',
  monitor_ext_limit: '3',
  max_queues: '100',
  max_agents: '100',
  group_agent_limit: '0',
  chat_licenses: '6',
  multimedia_licenses: '6',
  agent_billing: 'Concurrent',
};
/** As printed: a comma is missing, a quote stands in the wrong place. */
const LIMITS_VERBATIM =
  '{ “product_name”: “New Product”, “rec_extn_limit”: “10”, “monitor_ext_limit”: “3”, “max_queues”:”100”, “max_agents” : “100” “group_agent_limit”: “0”, “chat_licenses”: “6”, “multimedia_licenses:”6”, “agent_billing”: “Concurrent” }';
const SETTINGS_VERBATIM =
  '{"is_agent": "true", "recording_type": "None", "monitor": "false", "max_chats": "3", “is_multimedia_enabled”:”true” }';
const SETTINGS = { is_agent: 'true', recording_type: 'None', monitor: 'false', max_chats: '3' };
const LUNCH_BREAK_VERBATIM = '{ “request”: “updateAgentState”, “name”: “Lunch Break”, }';
/** Of the call with the printed id, while it is live. */
const COMMON = {
  success: true,
  call_id: CALL,
  direction: 'inbound',
  calling_number: '501',
  calling_name: '',
  called_number: '101',
  called_name: '',
  tenant_id: 'c255052e-c560-4340-b73e-675eabc3aed3',
  start_time: '2026-01-01T00:00:00',
  duration: '0:00:00',
  queue: {},
  suppression: false,
};
const SETTINGS_PATH = `${CCSLAB15}/extensions/${EXTENSION_114}`;
const ANN_PATH = `${LUNCHLAB}/extensions/${EXTENSION_101}`;
const STATE_PATH = `${ANN_PATH}/agent_state`;
const state = (name: string) => ({ request: 'updateAgentState', name });

export const CASES: readonly Case[] = [
  {
    number: 1,
    section: 'S4.1',
    steps: [
      {
        request: 'GET /products/',
        as: TELCO,
        status: 200,
        equals: {
          total: '7',
          success: true,
          items: [
            { uuid: 'az123456-d7ef-4638-9cff-ef6aaba3e77f', notes: 'R7.3 Feature', name: '+AG' },
            { uuid: 'az123456-e76e-440c-8d9a-970015b8b533', notes: '', name: 'AllPermissions-Product' },
            { uuid: 'az123456-c58d-48c1-90b9-4b3c65c22875', notes: '', name: 'Jerin_product' },
            { uuid: 'az123456-b08e-467d-87e0-8763bce63892', notes: 'R6.3 Version', name: 'CCA,EM ph' },
            ...PRODUCT_ID,
            { uuid: PRODUCT, notes: '', name: 'Recording' },
          ],
        },
      },
    ],
  },
  { number: 2, section: 'S4.1 I', steps: [{ request: 'GET /products', as: TELCO, ...PRODUCTS }] },
  { number: 3, section: 'S4.1', steps: [{ request: 'GET /products/', ...UNAUTHORIZED }] },
  { number: 4, section: 'S4.1', steps: [{ request: 'GET /products/', as: 'nobody', ...UNAUTHORIZED }] },
  { number: 5, section: 'S4.1 I', steps: [{ request: 'GET /products/', as: 'demo-api-only', ...UNAUTHORIZED }] },
  { section: 'S3', steps: [{ request: 'GET /extensions', as: 'demo-no-api', ...UNAUTHORIZED }] },
  {
    number: 8,
    section: 'S4.2',
    steps: [
      {
        request: 'GET /roles/',
        as: TELCO,
        status: 200,
        equals: {
          total: '3',
          success: true,
          items: [
            { uuid: 'az123456-a5f9-488c-9bb6-e947f3f33d2b', name: 'Tenant Admin' },
            { uuid: 'az123456-9817-4964-86ff-d2c4f11b67d0', name: 'Telco Admin' },
            { uuid: 'az123456-ef95-44b7-afc8-54ce4cdb67f1', name: 'API' },
          ],
        },
      },
    ],
  },
  { number: 10, section: 'S4.3', steps: [{ request: 'GET /tenants', as: TELCO, status: 200, equals: TENANTS }] },
  {
    number: 11,
    section: 'S4.3',
    steps: [
      { request: 'GET /tenants', as: 'demo-tenants-view', status: 200, equals: TENANTS },
      { request: 'GET /products/', as: 'demo-tenants-view', ...UNAUTHORIZED },
      { request: 'GET /tenants', as: 'demo-tenant-edit', status: 200, equals: TENANTS },
    ],
  },
  {
    number: 13,
    section: 'S4.4',
    steps: [{ request: `GET ${CCSLAB15}`, as: TELCO, status: 200, equals: TENANT_DETAIL }],
  },
  {
    number: 14,
    section: 'S4.4 I',
    steps: [
      {
        request: 'GET /tenants/nosuch',
        as: TELCO,
        status: 400,
        equals: { success: false, reason: 'Tenant not found' },
      },
      {
        request: `GET ${LUNCHLAB}`,
        as: TELCO,
        status: 400,
        equals: { success: false, reason: 'Tenant not found' },
      },
      { request: `GET ${LUNCHLAB}`, as: TENANT, ...UNAUTHORIZED },
      { request: 'GET /tenants/nosuch', as: TENANT, ...UNAUTHORIZED },
    ],
  },
  {
    number: 15,
    section: 'S4.5',
    steps: [
      {
        request: `GET ${CCSLAB15}/roles`,
        as: TELCO,
        status: 200,
        equals: {
          total: '2',
          success: true,
          items: [
            { uuid: 'az123456-ac4e-4caf-922b-52ef715da6c7', name: 'US1398 (Voice Help)' },
            { uuid: 'az123456-c173-43ae-b0f8-139e8eccab5f', name: 'US1398 (Chat Help)' },
          ],
        },
      },
    ],
  },
  { section: 'S4.6', steps: [{ request: 'GET /acds', as: TENANT, status: 200, equals: ACDS }] },
  { number: 17, section: 'S4.6', steps: [{ request: `GET ${CCSLAB15}/acds`, as: TELCO, status: 200, equals: ACDS }] },
  {
    section: 'S4.6 I',
    steps: [
      { request: 'GET /acds', as: 'demo-iq-view', status: 200, equals: ACDS },
      { request: 'GET /acds', as: 'demo-oq-view', status: 200, has: { total: 1, items: [[{ name: 'OB1' }]] } },
      { request: 'GET /acds', as: 'demo-calls-view', ...UNAUTHORIZED },
      { request: 'GET /acds', as: TELCO, status: 400, equals: { success: false, reason: 'Tenant not specified' } },
    ],
  },
  {
    number: 20,
    section: 'S4.7',
    steps: [
      {
        request: `GET ${CCSLAB15}/presence_options`,
        as: TELCO,
        status: 200,
        equals: {
          total: '3',
          success: true,
          items: [
            { uuid: 'az123456-a751-4bcd-a8d8-8c1c9d48186e', type: 'sign_out', name: 'Holiday In Bahamas' },
            { uuid: 'az123456-2aa9-4aa3-aa9d-cc8513e95a6d', type: 'sign_out', name: 'Sign Out' },
            { uuid: 'az123456-6227-4ddc-9204-bd3cb9496e23', type: 'away', name: 'Coffee Break' },
          ],
        },
      },
    ],
  },
  {
    number: 21,
    section: 'S4.8',
    steps: [{ request: `GET ${CCSLAB15}/extensions`, as: TELCO, status: 200, equals: EXTENSIONS }],
  },
  { number: 22, section: 'S4.8', steps: [{ request: 'GET /extensions', as: TENANT, status: 200, equals: EXTENSIONS }] },
  { section: 'S4.8 I', steps: [{ request: 'GET /extensions', as: TELCO, ...REFUSED }] },
  {
    number: 23,
    section: 'S4.9 I',
    steps: [
      {
        request: `GET ${CCSLAB15}/text_count`,
        as: TELCO,
        status: 200,
        equals: {
          success: true,
          sms_count: '12',
          mms_count: '3',
          total_count: '15',
          reset_on: '2021-03-12 07:23:02 AM',
        },
      },
    ],
  },
  {
    number: 24,
    section: 'S4.10 I',
    steps: [
      {
        request: `POST ${CCSLAB15}/text_count`,
        as: TELCO,
        body: '{"request": "reset_counter"}',
        status: 200,
        equals: { success: true, uuid: '327241fd-1234-46fe-9276-cc65dac6feae' },
      },
      {
        request: `GET ${CCSLAB15}/text_count`,
        as: TELCO,
        status: 200,
        has: { sms_count: '0', mms_count: '0', total_count: '0' },
      },
    ],
  },
  {
    number: 25,
    section: 'S4.10',
    steps: [
      {
        request: `POST ${CCSLAB15}/text_count`,
        as: TELCO,
        body: '{"request":"x"}',
        status: 400,
        equals: { success: false, reason: 'Invalid request' },
      },
    ],
  },
  {
    number: 26,
    section: 'S4.11',
    steps: [
      {
        request: `POST ${CCSLAB15}`,
        as: TELCO,
        body: { request: 'add_product', product: PRODUCT },
        status: 200,
        equals: { success: true, uuid: PRODUCT },
      },
      {
        request: `GET ${CCSLAB15}`,
        as: TELCO,
        status: 200,
        has: { product_id: [...PRODUCT_ID, { uuid: PRODUCT, notes: '', name: 'Recording' }] },
      },
    ],
  },
  {
    number: 27,
    section: 'S4.11 I',
    steps: [
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product', product: PRODUCT }, status: 200 },
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product', product: PRODUCT }, ...REFUSED },
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product', product: 'nosuch' }, ...REFUSED },
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product' }, ...REFUSED },
    ],
  },
  {
    number: 28,
    section: 'S4.12',
    steps: [
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'delete_product', product: PRODUCT }, ...REFUSED },
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product', product: PRODUCT }, status: 200 },
      {
        request: `POST ${CCSLAB15}`,
        as: TELCO,
        body: { request: 'delete_product', product: PRODUCT },
        status: 200,
        equals: { success: true, uuid: PRODUCT },
      },
      { request: `GET ${CCSLAB15}`, as: TELCO, status: 200, has: { product_id: PRODUCT_ID } },
    ],
  },
  {
    section: 'S4.12, as printed',
    steps: [
      { request: `POST ${CCSLAB15}`, as: TELCO, body: { request: 'add_product', product: PRODUCT }, status: 200 },
      {
        request: `POST ${CCSLAB15}`,
        as: TELCO,
        body: '{"request": "delete_product", "product": "az123456-1434-42ca-98ab-b5803b9b608d"}',
        status: 200,
        equals: { success: true, uuid: 'az123456-1434-42ca-98ab-b5803b9b608d' },
      },
      { request: `GET ${CCSLAB15}`, as: TELCO, status: 200, has: { product_id: PRODUCT_ID } },
    ],
  },
  {
    number: 30,
    section: 'S4.13',
    steps: [
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: LIMITS,
        status: 200,
        equals: { success: true, uuid: '327241fd-1234-46fe-9276-cc65dac6feae' },
      },
      { request: `GET ${CCSLAB15}`, as: TELCO, status: 200, has: { ...LIMITS, max_agents_count: 8 } },
    ],
  },
  {
    number: 31,
    section: 'S4.13 slip',
    steps: [
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: LIMITS_VERBATIM,
        status: 400,
        equals: { success: false, reason: 'Invalid JSON' },
      },
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: LIMITS_VERBATIM.replace('“100” “', '“100”, “').replace('s:”6', 's”:”6'),
        status: 200,
      },
    ],
  },
  {
    number: 32,
    section: 'S4.13',
    steps: [{ request: `PUT ${CCSLAB15}`, as: TELCO, body: { agent_billing: 'Hourly' }, ...REFUSED }],
  },
  {
    section: 'S4.13 I',
    steps: [
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: { max_queues: '28' },
        status: 400,
        equals: { success: false, reason: 'max_queues is less than the current count' },
      },
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: { max_agents: '50', max_chats: '3' },
        status: 400,
        equals: { success: false, reason: 'Unknown field max_chats' },
      },
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: { max_agents: '50', max_queues: 'many' },
        status: 400,
        equals: { success: false, reason: 'Invalid value for max_queues' },
      },
      { request: `GET ${CCSLAB15}`, as: TELCO, status: 200, equals: TENANT_DETAIL },
      { request: `PUT ${CCSLAB15}`, as: TENANT, body: { max_agents: '50' }, ...UNAUTHORIZED },
    ],
  },
  {
    section: 'S4.13 I, every limit down to what is used, and no further',
    steps: Object.entries({
      rec_extn_limit: 7,
      monitor_ext_limit: 2,
      max_queues: 29,
      max_agents: 8,
      chat_licenses: 5,
      multimedia_licenses: 5,
    }).flatMap(([key, used]): Step[] => {
      const put = { request: `PUT ${CCSLAB15}`, as: TELCO };
      const below = refusal(`${key} is less than the current count`);
      return [
        { ...put, body: { [key]: String(used - 1) }, status: 400, equals: below },
        { ...put, body: { [key]: '1000000' }, status: 400, equals: refusal(`Invalid value for ${key}`) },
        { ...put, body: { [key]: String(used) }, status: 200 },
        { request: `GET ${CCSLAB15}`, as: TELCO, status: 200, has: { [key]: String(used) } },
      ];
    }),
  },
  {
    section: 'S4.14 I, beyond what the tenant has',
    steps: [
      {
        request: `PUT ${CCSLAB15}`,
        as: TELCO,
        body: { rec_extn_limit: 7, monitor_ext_limit: 2, multimedia_licenses: 5 },
        status: 200,
      },
      ...[
        [{ recording_type: 'Mandatory' }, 'rec_extn_limit exceeded'] as const,
        [{ recording_type: 'On Demand' }, 'rec_extn_limit exceeded'] as const,
        [{ monitor: 'true' }, 'monitor_ext_limit exceeded'] as const,
        [{ is_multimedia_enabled: 'true' }, 'multimedia_licenses exceeded'] as const,
      ].map(([body, reason]) => ({
        request: `PUT ${SETTINGS_PATH}`,
        as: TELCO,
        body,
        status: 400,
        equals: refusal(reason),
      })),
      { request: `PUT ${SETTINGS_PATH}`, as: TELCO, body: { is_agent: 'false' }, ...DONE },
      { request: `PUT ${CCSLAB15}`, as: TELCO, body: { max_agents: 7 }, status: 200 },
      {
        request: `PUT ${SETTINGS_PATH}`,
        as: TELCO,
        body: { is_agent: 'true' },
        status: 400,
        equals: refusal('max_agents exceeded'),
      },
    ],
  },
  {
    number: 34,
    section: 'S4.14',
    steps: [{ request: `PUT ${SETTINGS_PATH}/`, as: TELCO, body: SETTINGS_VERBATIM, ...DONE }],
  },
  { number: 35, section: 'S4.14 I', steps: [{ request: `PUT ${SETTINGS_PATH}`, as: TELCO, body: SETTINGS, ...DONE }] },
  {
    number: 36,
    section: 'S4.14',
    steps: [
      { request: `PUT ${SETTINGS_PATH}`, as: TELCO, body: { ...SETTINGS, recording_type: 'Always' }, ...REFUSED },
    ],
  },
  {
    number: 37,
    section: 'S4.14',
    steps: [{ request: `PUT ${SETTINGS_PATH}`, as: TELCO, body: { ...SETTINGS, max_chats: '7' }, ...REFUSED }],
  },
  {
    section: 'S4.14, every value',
    steps: [
      ...['None', 'Mandatory', 'On Demand'].map((recording_type) => ({ recording_type })),
      ...['0', '1', '2', '3', '4', '5', '6'].map((max_chats) => ({ max_chats })),
      ...['true', 'false'].flatMap((one) => [{ monitor: one }, { ' is_multimedia_enabled': one }, { is_agent: one }]),
    ].map((body) => ({ request: `PUT ${SETTINGS_PATH}`, as: TELCO, body, ...DONE })),
  },
  { number: 40, section: 'S4.15', steps: [{ request: `GET ${STATE_PATH}`, as: 'demo-no-events', ...UNAUTHORIZED }] },
  {
    number: 41,
    section: 'S4.16',
    steps: [
      { request: `POST ${ANN_PATH}`, as: NORTH, body: LUNCH_BREAK_VERBATIM, ...DONE },
      {
        request: `GET ${STATE_PATH}`,
        as: NORTH,
        status: 200,
        has: { agent_state: { state: { type: 'away', name: 'Lunch Break' }, duration: '0:00:00' } },
      },
    ],
  },
  {
    number: 43,
    section: 'S4.16',
    steps: [
      {
        request: `POST ${ANN_PATH}`,
        as: NORTH,
        body: state('Nap'),
        status: 400,
        equals: { success: false, reason: 'Invalid state name' },
      },
    ],
  },
  {
    number: 44,
    section: 'S4.17',
    steps: [
      { request: 'POST /agent_state', as: TENANT, body: state('Coffee Break'), ...DONE },
      { request: 'POST /agent_state', as: LUNCH, body: LUNCH_BREAK_VERBATIM, ...DONE },
      { request: 'POST /agent_state', as: LUNCH, body: '{ “request”: “updateAgentState”, “name”: “Ready” }', ...DONE },
    ],
  },
  {
    number: 45,
    section: 'S4.17 I',
    steps: [
      {
        request: 'POST /agent_state',
        as: 'demo-no-extension',
        body: state('Coffee Break'),
        status: 400,
        equals: { success: false, reason: 'No extension for user' },
      },
    ],
  },
  {
    number: 46,
    section: 'S4.18',
    steps: [
      { request: `POST /extensions/${EXTENSION_102}`, as: LUNCH, body: state('Sign Out'), ...DONE },
      {
        request: `GET ${LUNCHLAB}/extensions/${EXTENSION_102}/agent_state`,
        as: NORTH,
        status: 200,
        has: { agent_state: { state: { type: 'sign_out', name: 'Sign Out' } } },
      },
    ],
  },
  {
    section: 'S4.18 slip',
    steps: [{ request: `POST /extensions/%20${EXTENSION_102}`, as: LUNCH, body: LUNCH_BREAK_VERBATIM, ...DONE }],
  },
  {
    number: 48,
    section: 'S4.19 I',
    call: RINGS,
    steps: [
      { request: 'GET /calls', as: LUNCH, status: 200, has: { total: '1', success: true, items: [{ call_id: CALL }] } },
    ],
  },
  { number: 49, section: 'S4.19', steps: [{ request: 'GET /calls', as: 'demo-calls-view', ...UNAUTHORIZED }] },
  { number: 50, section: 'S4.19', steps: [{ request: 'GET /calls', as: TELCO, ...UNAUTHORIZED }] },
  {
    number: 51,
    section: 'S4.20 I',
    call: RINGS,
    steps: [
      {
        request: `GET ${CALL_PATH}`,
        as: LUNCH,
        status: 200,
        equals: {
          ...COMMON,
          state: 'progress',
          wait_state: 'ringing',
          queue_position: 0,
          wait_duration: '0:00:00',
          ringing_extensions: ['101'],
        },
      },
    ],
  },
  {
    number: 52,
    section: 'S4.20 I',
    call: ANSWERED,
    steps: [
      {
        request: `GET ${CALL_PATH}`,
        as: LUNCH,
        status: 200,
        equals: {
          ...COMMON,
          state: 'answered',
          answer_time: '2026-01-01T00:00:00',
          talk_duration: '0:00:00',
          agent: { uuid: EXTENSION_101, name: 'Ann Archer', extension: '101' },
          on_hold: false,
          recording_type: 'None',
        },
      },
    ],
  },
  {
    section: 'S4.20',
    steps: [
      {
        request: 'GET /calls/NOSUCHCALL000',
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Call not found' },
      },
      {
        request: 'GET /calls/0AS9DD02LEMUI',
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Call not found' },
      },
    ],
  },
  {
    number: 54,
    section: 'S4.21 I',
    steps: [
      {
        request: `GET ${FILTER}:24&time_z=UTC`,
        as: LUNCH,
        status: 200,
        has: {
          total: '1',
          success: true,
          items: [{ call_id: '0AS9DD02LEMUI', state: 'ended', start_time: '2021-10-07T07:22:22', cause: 'hangup' }],
        },
      },
      // The pattern above the example has a blank there.
      { request: `GET ${FILTER.replace('=101&', '=101%20&')}:24`, as: LUNCH, status: 200, has: { total: '1' } },
    ],
  },
  {
    number: 55,
    section: 'S4.21 I',
    steps: [
      {
        request: `GET ${FILTER}:21&time_z=UTC`,
        as: LUNCH,
        status: 200,
        equals: { total: '0', success: true, items: [] },
      },
    ],
  },
  {
    number: 56,
    section: 'S4.21',
    steps: [
      {
        request: 'GET /calls/filter?calling_number=501',
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Missing parameter called_number' },
      },
      {
        request: `GET ${FILTER}&time_z=UTC`,
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Invalid to_datetime' },
      },
      { request: `GET ${FILTER}:20`, as: LUNCH, status: 400, has: { success: true } },
      {
        request: `GET ${FILTER}:24&time_z=Mars`,
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Invalid time_z' },
      },
      {
        request: `GET ${FILTER}:24&time_z=%2B02:00`,
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: 'Invalid time_z' },
      },
    ],
  },
  {
    section: 'S4.21 I, of a live call, in the time of a zone, to the second',
    at: 700,
    call: RINGS,
    steps: [
      {
        request:
          'GET /calls/filter?calling_number=501&called_number=101&from_datetime=2025-12-31T19:00:00&to_datetime=2025-12-31T19:00:00&time_z=US/Eastern',
        as: LUNCH,
        status: 200,
        has: { total: '1', items: [{ call_id: CALL, state: 'progress' }] },
      },
      ...['calling_number', 'called_number', 'from_datetime', 'to_datetime'].map((name) => ({
        request: `GET ${FILTER}:24&`.replace(new RegExp(`${name}=[^&]*&`), ''),
        as: LUNCH,
        status: 400,
        equals: { success: true, reason: `Missing parameter ${name}` },
      })),
    ],
  },
  {
    number: 58,
    section: 'S4.22 I',
    call: ANSWERED,
    steps: [
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: '{"request": "startSuppression"}',
        status: 200,
        equals: { success: true, call_id: CALL },
      },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { suppression: true } },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'startSuppression' },
        status: 400,
        equals: { success: true, reason: 'Suppression already started' },
      },
    ],
  },
  {
    section: 'S4.22 I',
    call: RINGS,
    steps: [
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'startSuppression' },
        status: 400,
        equals: { success: true, reason: 'Call is not answered' },
      },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: 'nothing',
        status: 400,
        equals: { success: false, reason: 'Invalid JSON' },
      },
    ],
  },
  // In progress once more: sent on from the one who answered, it waits in a queue.
  {
    section: 'S4.22 S4.23 I',
    call: [...ANSWERED, { type: 'blindTransfer', leg: 'ann', queue: { queue: 'q200', name: 'Q200' } }],
    steps: [
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { state: 'progress', wait_state: 'waiting' } },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'startSuppression' },
        status: 400,
        equals: { success: true, reason: 'Call is not answered' },
      },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'stopSuppression' },
        status: 400,
        equals: { success: false, reason: 'Call is not answered' },
      },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { suppression: false } },
    ],
  },
  {
    number: 60,
    section: 'S4.23',
    call: ANSWERED,
    steps: [
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'stopSuppression' },
        status: 400,
        equals: { success: false, reason: 'Suppression not started' },
      },
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'startSuppression' }, status: 200 },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'stopSuppression' },
        status: 200,
        has: { success: true },
      },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { suppression: false } },
    ],
  },
  {
    number: 62,
    section: 'S4.24 I',
    call: ANSWERED,
    steps: [
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'kill' }, status: 200, has: { success: true } },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 400 },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'kill' },
        status: 400,
        equals: { success: false, reason: 'Call not found' },
      },
    ],
  },
  {
    section: 'S4.24, S4.27 I, of a call that rings and waits in no queue',
    call: RINGS,
    steps: [
      ...[{ request: 'wait_kill' }, { request: 'wait_transfer', target: '102' }].map((body) => ({
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body,
        status: 400,
        equals: refusal('Call is not waiting'),
      })),
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'kill' }, status: 200, has: { call_id: CALL } },
      { request: 'GET /calls', as: LUNCH, status: 200, equals: { total: '0', success: true, items: [] } },
    ],
  },
  {
    section: 'S4.25 I, of a call that is offered',
    call: OFFERED,
    steps: [
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { wait_state: 'ringing', queue_position: 1 } },
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'wait_transfer', target: '102' }, status: 200 },
      { request: `GET ${STATE_PATH}`, as: NORTH, status: 200, has: { queue_state: { state: 'None' } } },
    ],
  },
  {
    number: 63,
    section: 'S4.25',
    call: WAITS,
    steps: [
      {
        request: `GET ${CALL_PATH}`,
        as: LUNCH,
        status: 200,
        has: { wait_state: 'waiting', queue_position: 1, queue: { name: 'Q200' } },
      },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'wait_transfer', target: '102' },
        status: 200,
        has: { success: true },
      },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 200, has: { state: 'progress', wait_state: 'dialing' } },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'wait_kill' },
        status: 400,
        equals: { success: false, reason: 'Call is not waiting' },
      },
    ],
  },
  {
    number: 64,
    section: 'S4.25',
    call: WAITS,
    steps: [
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'wait_transfer', target: '104' },
        status: 400,
        equals: { success: false, reason: 'Invalid target' },
      },
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'wait_transfer', target: '19735552109' },
        status: 200,
      },
    ],
  },
  {
    section: 'S4.25',
    call: WAITS,
    steps: [
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'wait_transfer', target: '210' }, status: 200 },
      {
        request: `GET ${CALL_PATH}`,
        as: LUNCH,
        status: 200,
        has: { wait_state: 'waiting', queue: { uuid: QUEUE_210, name: 'Q210' } },
      },
    ],
  },
  {
    number: 66,
    section: 'S4.26',
    call: WAITS,
    steps: [
      {
        request: `POST ${CALL_PATH}`,
        as: LUNCH,
        body: { request: 'wait_redirect', target: 'nosuch' },
        status: 400,
        equals: { success: false, reason: 'Queue not found' },
      },
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'wait_redirect', target: QUEUE_210 }, status: 200 },
      {
        request: `GET ${CALL_PATH}`,
        as: LUNCH,
        status: 200,
        has: { wait_state: 'waiting', queue: { uuid: QUEUE_210, name: 'Q210' } },
      },
    ],
  },
  {
    number: 67,
    section: 'S4.27',
    call: WAITS,
    steps: [
      { request: `POST ${CALL_PATH}`, as: LUNCH, body: { request: 'wait_kill' }, status: 200 },
      { request: `GET ${CALL_PATH}`, as: LUNCH, status: 400 },
    ],
  },
  {
    number: 68,
    section: 'S4.24',
    call: ANSWERED,
    steps: [
      { request: `POST ${CALL_PATH}`, as: 'demo-oq-view', body: { request: 'kill' }, ...UNAUTHORIZED },
      { request: `POST ${CALL_PATH}`, as: TENANT, body: { request: 'kill' }, ...REFUSED },
    ],
  },
  {
    number: 69,
    section: 'S4.28 I',
    steps: [
      {
        request: `POST ${ANN_PATH}`,
        as: LUNCH,
        body: '{ "request":"dial", "target":"819735552106", "outbound_queue_uuid":"az123456-c0ed-42b7-8e8c-d50c4991828c" }',
        status: 200,
        has: { success: true },
      },
      {
        request: 'GET /calls',
        as: LUNCH,
        status: 200,
        has: { total: '1', items: [{ direction: 'outbound', called_number: '819735552106', wait_state: 'dialing' }] },
      },
      {
        request: `POST ${ANN_PATH}`,
        as: LUNCH,
        body: { request: 'dial', target: '102' },
        status: 400,
        equals: { success: false, reason: 'Extension is busy' },
      },
    ],
  },
  {
    section: 'S4.28 I',
    steps: [
      {
        request: `POST ${ANN_PATH}`,
        as: LUNCH,
        body: { request: 'dial', target: 'home' },
        status: 400,
        equals: { success: false, reason: 'Invalid target' },
      },
      {
        request: `POST ${ANN_PATH}`,
        as: LUNCH,
        body: { request: 'dial', target: '102', outbound_queue_uuid: 'x' },
        status: 400,
        equals: { success: false, reason: 'Queue not found' },
      },
      { request: `POST ${ANN_PATH}`, as: NORTH, body: { request: 'dial', target: '102' }, ...UNAUTHORIZED },
      { request: `POST ${ANN_PATH}`, as: TENANT, body: { request: 'dial', target: '102' }, ...UNAUTHORIZED },
    ],
  },
  {
    number: 70,
    section: 'S4.28',
    steps: [
      {
        request: `POST ${ANN_PATH}`,
        as: 'demo-agent-control',
        body: { request: 'dial', target: '819735552106' },
        ...UNAUTHORIZED,
      },
    ],
  },
  {
    number: 71,
    section: 'S4.28 I',
    steps: [{ request: `POST ${ANN_PATH}`, as: LUNCH, body: '{"request":"fly"}', ...REFUSED }],
  },
  {
    section: '1.1 I',
    steps: [
      { request: 'DELETE /tenants', as: TELCO, status: 400, equals: { success: false, reason: 'Method not allowed' } },
      { request: 'DELETE /tenants', ...UNAUTHORIZED },
      { request: 'DELETE /tenants', as: 'demo-no-api', ...UNAUTHORIZED },
      { request: 'GET /tenants/%00', ...UNAUTHORIZED },
      { request: 'GET /tenants/%00', as: TELCO, status: 400, equals: refusal('Invalid request') },
      { request: 'GET /nowhere', as: TELCO, status: 404, equals: { success: false, reason: 'Not Found' } },
      { request: `GET ${CCSLAB15}/text_count`, as: TENANT, ...UNAUTHORIZED },
      { request: `GET ${CCSLAB15}/presence_options`, as: TENANT, status: 200 },
    ],
  },
  {
    section: '1.1 I, levels',
    steps: [
      { request: 'GET /tenants', as: TENANT, status: 200, equals: TENANTS },
      { request: `GET ${CCSLAB15}`, as: TENANT, status: 200, equals: TENANT_DETAIL },
      { request: `GET ${CCSLAB15}/acds`, as: TENANT, status: 200, equals: ACDS },
      { request: `PUT ${SETTINGS_PATH}`, as: TENANT, body: SETTINGS, ...DONE },
      { request: 'GET /products/', as: TENANT, ...UNAUTHORIZED },
      { request: 'GET /roles/', as: TENANT, ...UNAUTHORIZED },
      { request: `POST ${CCSLAB15}`, as: TENANT, body: { request: 'add_product', product: PRODUCT }, ...UNAUTHORIZED },
      { request: `POST ${CCSLAB15}/text_count`, as: TENANT, body: { request: 'reset_counter' }, ...UNAUTHORIZED },
      { request: `GET ${STATE_PATH}`, as: LUNCH, ...UNAUTHORIZED },
      { request: `POST ${ANN_PATH}`, as: LUNCH, body: state('Lunch Break'), ...UNAUTHORIZED },
      { request: 'POST /agent_state', as: NORTH, body: state('Lunch Break'), ...REFUSED },
      { request: `POST /extensions/${EXTENSION_101}`, as: NORTH, body: state('Lunch Break'), ...REFUSED },
      { request: `POST /extensions/${EXTENSION_101}`, as: TENANT, body: state('Lunch Break'), ...REFUSED },
      { request: `GET ${STATE_PATH}`, as: TELCO, ...REFUSED },
      { request: `POST ${CALL_PATH}`, as: NORTH, body: { request: 'kill' }, ...UNAUTHORIZED },
    ],
  },
  {
    section: '1.3 I, what is asked is read before it is judged',
    steps: [
      { request: `POST ${ANN_PATH}`, as: 'demo-no-events', body: {}, ...REFUSED },
      { request: `POST ${ANN_PATH}`, as: 'demo-no-events', body: state('Lunch Break'), ...UNAUTHORIZED },
      { request: `POST ${ANN_PATH}`, body: 'no JSON', ...UNAUTHORIZED },
      { request: `PUT ${CCSLAB15}`, as: 'demo-tenants-view', body: 'no JSON', ...UNAUTHORIZED },
      { request: `POST ${ANN_PATH}`, as: NORTH, body: '["request"]', ...REFUSED },
      { request: `POST ${ANN_PATH}`, as: NORTH, body: { request: 'toString' }, ...REFUSED },
    ],
  },
  {
    section: '1.3 I, the body is read before the permission only where that depends on it',
    steps: [
      ...[`POST ${CCSLAB15}/text_count`, 'POST /agent_state', `POST /extensions/${EXTENSION_114}`].map((request) => ({
        request,
        as: 'demo-api-only',
        body: { request: 'fly' },
        ...UNAUTHORIZED,
      })),
      {
        request: 'POST /agent_state',
        as: TENANT,
        body: { request: 'fly' },
        status: 400,
        equals: refusal('Invalid request'),
      },
    ],
  },
  {
    section: '1.3 I, what is to be changed is looked up before what is asked of it is judged',
    steps: [
      { request: 'PUT /tenants/nosuch', as: TELCO, body: 'no JSON', status: 400, equals: refusal('Tenant not found') },
      { request: `PUT ${CCSLAB15}`, as: TELCO, body: 'no JSON', status: 400, equals: refusal('Invalid JSON') },
      { request: `PUT ${ANN_PATH}`, as: TENANT, body: 'no JSON', ...UNAUTHORIZED },
      {
        request: `PUT ${CCSLAB15}/extensions/nosuch`,
        as: TELCO,
        body: 'no JSON',
        status: 400,
        equals: refusal('Extension not found'),
      },
      { request: `PUT ${SETTINGS_PATH}`, as: TELCO, body: '[]', status: 400, equals: refusal('Invalid JSON') },
      ...['wait_transfer', 'wait_redirect'].map((request) => ({
        request: 'POST /calls/0AS9DD02LEMUI',
        as: LUNCH,
        body: { request, target: 'nobody' },
        status: 400,
        equals: refusal('Call not found'),
      })),
    ],
  },
];
