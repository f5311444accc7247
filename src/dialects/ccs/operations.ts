/**
 * The chapter-4 table: every path and method with who may use it. Paths are relative to `/6/v2/api`, without the slash at
 * the end that some sections print and that all of them accept.
 */

import type { Permission } from '../../identity/permissions.ts';
import { showAgentState, updateAgentState, updateOwnAgentState } from './agent-state.ts';
import { type Refusal, refuse, UNAUTHORIZED } from './answers.ts';
import { controlBy, dial, suppressBy, waitRedirect, waitTransfer } from './call-control.ts';
import { filterCalls, listCalls, showCall } from './calls.ts';
import { listAcds, listExtensions, updateExtension } from './extensions.ts';
import { updateLimits } from './limits.ts';
import type { CcsRoute, Operation } from './operation.ts';
import { REASONS } from './reasons.ts';
import {
  addProduct,
  deleteProduct,
  listPresenceOptions,
  listProducts,
  listRoles,
  listTenantRoles,
  listTenants,
  resetTextCount,
  showTenant,
  showTextCount,
} from './tenants.ts';

const TENANT_EDIT: readonly Permission[] = ['Tenant Edit'];
const TENANTS_VIEW: readonly Permission[] = ['Tenants View', 'Tenant Edit'];
const ACDS_VIEW: readonly Permission[] = ['Voice IQs View', 'Voice OQs View', 'Conditional Routes View', 'VRQs View'];
const AGENT_CONTROL: readonly Permission[] = ['Agent Control'];
const CALL_CONTROL: readonly Permission[] = ['Call Control'];
const CALLS_VIEW: readonly Permission[] = ['Calls View'];

const AGENT = ['tenant', 'extension', 'user', 'queue', 'agent'];
const CALLS = ['tenant', 'extension', 'user', 'queue', 'conditional-route', 'vrq', 'call'];

const telcoOnly = { tenant: UNAUTHORIZED };
const tenantOnly = { telco: UNAUTHORIZED };
/** Sections 4.19 to 4.22: a slip of the document, kept as printed. */
const asPrinted = { refusalSuccess: true } as const;
/** Paths without a tenant take it from the account, which a telco user's does not say. */
const fromAccount = { telco: refuse(REASONS.tenantNotSpecified) };
const self: { readonly telco: Refusal } = { telco: refuse(REASONS.noExtension) };

const resetCounter: Operation = {
  section: '4.10',
  permissions: TENANTS_VIEW,
  ...telcoOnly,
  handle: resetTextCount,
};

const DIRECTORY_ROUTES: readonly CcsRoute[] = [
  {
    method: 'GET',
    path: '/products',
    operation: { section: '4.1', permissions: TENANT_EDIT, ...telcoOnly, handle: listProducts },
  },
  {
    method: 'GET',
    path: '/roles',
    operation: { section: '4.2', permissions: TENANT_EDIT, ...telcoOnly, handle: listRoles },
  },
  {
    method: 'GET',
    path: '/tenants',
    operation: { section: '4.3', permissions: TENANTS_VIEW, handle: listTenants },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant',
    operation: { section: '4.4', permissions: TENANTS_VIEW, handle: showTenant },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant/roles',
    operation: { section: '4.5', permissions: TENANTS_VIEW, handle: listTenantRoles },
  },
  {
    method: 'GET',
    path: '/acds',
    operation: { section: '4.6', permissions: ACDS_VIEW, ...fromAccount, handle: listAcds },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant/acds',
    operation: { section: '4.6', permissions: ACDS_VIEW, handle: listAcds },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant/presence_options',
    operation: { section: '4.7', permissions: TENANTS_VIEW, handle: listPresenceOptions },
  },
  {
    method: 'GET',
    path: '/extensions',
    operation: { section: '4.8', permissions: TENANTS_VIEW, ...fromAccount, handle: listExtensions },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant/extensions',
    operation: { section: '4.8', permissions: TENANTS_VIEW, handle: listExtensions },
  },
  {
    method: 'GET',
    path: '/tenants/:tenant/text_count',
    operation: { section: '4.9', permissions: TENANTS_VIEW, ...telcoOnly, handle: showTextCount },
  },
  { method: 'POST', path: '/tenants/:tenant/text_count', requests: { reset_counter: resetCounter } },
  {
    method: 'POST',
    path: '/tenants/:tenant',
    requests: {
      add_product: { section: '4.11', permissions: TENANT_EDIT, ...telcoOnly, handle: addProduct },
      delete_product: { section: '4.12', permissions: TENANT_EDIT, ...telcoOnly, handle: deleteProduct },
    },
  },
  {
    method: 'PUT',
    path: '/tenants/:tenant',
    operation: { section: '4.13', permissions: TENANT_EDIT, ...telcoOnly, handle: updateLimits },
    takesSettings: true,
  },
  {
    method: 'PUT',
    path: '/tenants/:tenant/extensions/:extension',
    operation: { section: '4.14', permissions: TENANT_EDIT, handle: updateExtension },
    takesSettings: true,
  },
];

const AGENT_ROUTES: readonly CcsRoute[] = [
  {
    method: 'GET',
    path: '/tenants/:tenant/extensions/:extension/agent_state',
    operation: { section: '4.15', permissions: AGENT_CONTROL, ...telcoOnly, handle: showAgentState, madeOf: AGENT },
  },
  {
    method: 'POST',
    path: '/tenants/:tenant/extensions/:extension',
    requests: {
      updateAgentState: { section: '4.16', permissions: AGENT_CONTROL, ...telcoOnly, handle: updateAgentState },
      dial: { section: '4.28', permissions: CALL_CONTROL, ...tenantOnly, handle: dial },
    },
  },
  {
    method: 'POST',
    path: '/agent_state',
    requests: {
      updateAgentState: { section: '4.17', permissions: AGENT_CONTROL, ...self, handle: updateOwnAgentState },
    },
  },
  {
    method: 'POST',
    path: '/extensions/:extension',
    requests: {
      updateAgentState: { section: '4.18', permissions: AGENT_CONTROL, ...fromAccount, handle: updateAgentState },
    },
  },
];

const reading = { ...tenantOnly, ...asPrinted };
const control = (section: string, handle: Operation['handle']): Operation => ({
  section,
  permissions: CALL_CONTROL,
  ...tenantOnly,
  handle,
});

/** `/calls/filter` wins over `/calls/:call`: static segments do. */
const CALL_ROUTES: readonly CcsRoute[] = [
  {
    method: 'GET',
    path: '/calls',
    operation: { section: '4.19', permissions: ['Calls Listing View'], ...reading, handle: listCalls, madeOf: CALLS },
  },
  {
    method: 'GET',
    path: '/calls/:call',
    operation: { section: '4.20', permissions: CALLS_VIEW, ...reading, handle: showCall },
  },
  {
    method: 'GET',
    path: '/calls/filter',
    operation: { section: '4.21', permissions: CALLS_VIEW, ...reading, handle: filterCalls },
  },
  {
    method: 'POST',
    path: '/calls/:call',
    requests: {
      startSuppression: { ...control('4.22', suppressBy({ type: 'startSuppression' })), ...asPrinted },
      stopSuppression: control('4.23', suppressBy({ type: 'stopSuppression' })),
      kill: control('4.24', controlBy({ type: 'kill' })),
      wait_transfer: control('4.25', waitTransfer),
      wait_redirect: control('4.26', waitRedirect),
      wait_kill: control('4.27', controlBy({ type: 'dropWaiting' })),
    },
  },
];

export const ROUTES: readonly CcsRoute[] = [...DIRECTORY_ROUTES, ...AGENT_ROUTES, ...CALL_ROUTES];
