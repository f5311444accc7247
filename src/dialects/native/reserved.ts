/**
 * What is not for the administrator of one tenant to give: sight of a telco's other tenants, which identity.ts would not
 * honour, and what the installation grants a tenant.
 */
import type { Tenant } from '../../../machines/record/attributes/organisation.ts';
import type { Principal } from '../../identity/principal.ts';
import { INSTALLATION } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Refusal } from './errors.ts';

/** A telco on a person or token of a tenant, whoever asks: it would open nothing, and quietly. Null takes one away. */
export function telcoRefusal(tenant: string, { telco }: Partial<JsonObject>): Refusal | undefined {
  if (telco === undefined || telco === null || tenant === INSTALLATION) return undefined;
  const problems = [{ field: 'telco', message: `is for people and tokens of the tenant "${INSTALLATION}" only` }];
  return { kind: 'input', problem: { code: 'badFields', problems } };
}

/** By what it is known elsewhere, what it has bought, its limits, and what is counted against them. */
const GRANTED: ReadonlySet<string> = new Set<keyof Tenant>([
  'aliases',
  'enabled',
  'telco',
  'products',
  'productName',
  'agentBilling',
  'agentsMax',
  'groupAgentsMax',
  'queuesMax',
  'recordedExtensionsMax',
  'monitoredExtensionsMax',
  'recordingDownloadsMax',
  'chatLicensesMax',
  'multimediaLicensesMax',
  'libraryMax',
  'campaignContactsMax',
  'groupAgentCount',
  'chatLicenseCount',
  'elsewhere',
  'licensing',
  'smsCount',
  'mmsCount',
  'textsResetAt',
]);

/** A change of a tenant that its own administrator may not make. */
export function grantRefusal({ tenant }: Principal, patch: JsonObject): Refusal | undefined {
  if (tenant === INSTALLATION) return undefined;
  const granted = Object.keys(patch).find((name) => GRANTED.has(name));
  return granted === undefined
    ? undefined
    : { kind: 'forbidden', scope: `admin of the installation, who sets ${granted}` };
}
