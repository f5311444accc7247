/**
 * Tenants, products, roles as sections 4.1 to 4.5, 4.9 print them. Limits, licences and retentions are text, counts are
 * numbers, `ve_ivr` is the text of a boolean among real ones: the samples say so.
 */
import type { Tenant } from '../../../machines/record/attributes/organisation.ts';
import type { Licence } from '../../../machines/record/licences.ts';
import { licenceCount } from '../../licences/licences.ts';
import { INSTALLATION } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { ccsIdOf, type Entry, get } from './directory.ts';
import { clockTimeOf } from './times.ts';

export function productBody(product: Entry<'product'>): JsonObject {
  const { notes = '', name } = product.attributes;
  return { uuid: ccsIdOf(product), notes, name };
}

export function roleBody(role: Entry<'role'>): JsonObject {
  return { uuid: ccsIdOf(role), name: role.attributes.name };
}

export function tenantSummary(view: View, tenant: Entry<'tenant'>): JsonObject {
  const { platform, platformTenant, modifiedBy = [], crossReferences = [] } = tenant.attributes;
  return {
    uuid: ccsIdOf(tenant),
    telco_id: telcoOf(view, tenant.attributes),
    status: statusOf(tenant.attributes),
    silhouette_id: referenceOf(platform),
    sil_tenant_url: platformTenant?.url ?? '',
    sil_tenant_name: platformTenant?.name ?? '',
    sil_tenant_id: platformTenant?.id ?? '',
    sil_authentication: platformTenant?.authentication ?? false,
    product_name: tenant.attributes.productName ?? '',
    product_id: productsOf(view, tenant.attributes),
    modified_on: modifiedOn(tenant),
    modified_by: modifiedBy,
    cross_reference: crossReferences,
    created_on: createdOn(tenant),
    created_by: tenant.attributes.createdBy ?? '',
  };
}

export function tenantDetail(view: View, tenant: Entry<'tenant'>): JsonObject {
  const known = tenant.attributes;
  const { platformTenant } = known;
  const count = (licence: Licence): number => licenceCount(view, tenant.actor.tenant, licence);
  return {
    success: true,
    sil_tenant_name: platformTenant?.name ?? '',
    site_ip_address: known.siteAddress ?? '',
    nightly_call_details: known.nightlyCallDetails ?? false,
    rec_down_limit: countText(known.recordingDownloadsMax),
    rec_extn_limit: countText(known.recordedExtensionsMax),
    telco_id: telcoOf(view, known),
    chat_licenses_count: known.chatLicenseCount ?? 0,
    multimedia_licenses_count: count('multimedia'),
    group_agent_count: known.groupAgentCount ?? 0,
    cdr_retention: countText(known.callRecordRetentionDays),
    uuid: ccsIdOf(tenant),
    chat_licenses: countText(known.chatLicensesMax),
    multimedia_licenses: countText(known.multimediaLicensesMax),
    max_queues_count: count('queues'),
    monitor_ext_limit: countText(known.monitoredExtensionsMax),
    sid: known.sid ?? '',
    max_agents_count: count('agents'),
    max_agents: countText(known.agentsMax),
    timezone: known.timezone ?? 'UTC',
    product_id: productsOf(view, known),
    sil_auth_editable: platformTenant?.authenticationEditable ?? false,
    ve_ivr: String(known.ivr ?? false),
    modified_on: modifiedOn(tenant),
    created_on: createdOn(tenant),
    sil_tenant_url: platformTenant?.url ?? '',
    rec_extn_count: count('recorded'),
    sil_crplatform_enabled: platformTenant?.reportsEnabled ?? false,
    library_limit: countText(known.libraryMax),
    status: statusOf(known),
    sil_authentication: platformTenant?.authentication ?? false,
    default_gateway_id: referenceOf(known.defaultGateway),
    default_signin_method: known.defaultSignInMethod ?? '',
    sftp_export: known.sftpExport ?? false,
    rec_retention: countText(known.recordingRetentionDays),
    sil_tenant_id: platformTenant?.id ?? '',
    monitor_ext_count: count('monitored'),
    created_by: known.createdBy ?? '',
    campaign_size: countText(known.campaignContactsMax),
    group_agent_limit: countText(known.groupAgentsMax),
    default_outgoing_clid: known.defaultCallerId ?? '',
    rec_quality: known.recordingQuality ?? 'mono',
    cleanup_sftp: known.sftpCleanUp ?? false,
    max_queues: countText(known.queuesMax),
    service_extension: known.serviceExtension ?? '',
    sftp_dir_configured: known.sftpDirectoryConfigured ?? false,
    name: known.name,
    product_name: known.productName ?? '',
    silhouette_id: referenceOf(known.platform),
    ...(known.agentBilling === undefined ? {} : { agent_billing: BILLING[known.agentBilling] }),
  };
}

/** Section 4.9 leaves this body open; so the contract proposes it. */
export function textCountBody({ smsCount = 0, mmsCount = 0, textsResetAt }: Tenant): JsonObject {
  return {
    success: true,
    sms_count: String(smsCount),
    mms_count: String(mmsCount),
    total_count: String(smsCount + mmsCount),
    reset_on: textsResetAt === undefined ? '' : clockTimeOf(textsResetAt),
  };
}

const BILLING = { named: 'Named', concurrent: 'Concurrent' } as const;

function telcoOf(view: View, { telco }: Tenant): JsonObject {
  const found = telco === undefined ? undefined : get(view, 'telco', INSTALLATION, telco);
  return found === undefined ? {} : { uuid: ccsIdOf(found), name: found.attributes.name };
}

function productsOf(view: View, { products = [] }: Tenant): readonly JsonObject[] {
  return products
    .map((id) => get(view, 'product', INSTALLATION, id))
    .filter((product) => product !== undefined)
    .map(productBody);
}

function referenceOf(reference: { readonly id: string; readonly name: string } | undefined): JsonObject {
  return reference === undefined ? {} : { uuid: reference.id, name: reference.name };
}

/** An absent limit limits nothing; the document has no word for that. */
function countText(count: number | undefined): string {
  return count === undefined ? '' : String(count);
}

function statusOf({ enabled = true }: Tenant): string {
  return enabled ? 'enable' : 'disable';
}

function modifiedOn({ attributes, modifiedAt }: Entry<'tenant'>): string {
  return clockTimeOf(attributes.modifiedAt ?? modifiedAt);
}

function createdOn({ attributes, createdAt }: Entry<'tenant'>): string {
  return clockTimeOf(attributes.createdAt ?? createdAt);
}
