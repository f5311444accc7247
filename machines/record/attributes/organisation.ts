/**
 * What is known of telcos, products, roles and tenants. Telcos, products and the roles of everybody live in the
 * installation, a tenant's own roles in the tenant, the tenant's record in the tenant itself.
 */
import { z } from 'zod';
import { aliases, count, dialled, id, ms, name, reference, text, time } from '../../fields.ts';

/** A carrier whose administrators look after several tenants. */
export const telco = z.strictObject({ name, aliases: aliases.exactOptional() });

/** What a tenant may have bought. */
export const product = z.strictObject({ name, notes: text(1024).exactOptional(), aliases: aliases.exactOptional() });

/** Permissions under one name. */
export const role = z.strictObject({
  name,
  permissions: z.array(text(64)).max(128),
  aliases: aliases.exactOptional(),
});

/**
 * A tenant. Numbers are numbers and durations in the unit they are spoken of; the dialects print them as text where
 * they must. What its limits count is derived from the directory (machines/record/licences.ts); other counts are stored.
 */
export const tenant = z.strictObject({
  name,
  aliases: aliases.exactOptional(),
  enabled: z.boolean().exactOptional().describe('False: nobody of it signs in.'),
  telco: id.exactOptional().describe('Id of its telco.'),
  timezone: text(64).exactOptional(),
  domain: text(255).exactOptional().describe('What its users write behind the `@`.'),
  products: z.array(id).max(64).exactOptional().describe('Product ids, in the order in which they were assigned.'),
  productName: text(128).exactOptional(),
  agentBilling: z.enum(['named', 'concurrent']).exactOptional(),

  /** Rules for agents and queues that say nothing else. */
  wrapUpMs: ms.exactOptional(),
  ringMs: ms.exactOptional(),
  missedMax: z.int().min(0).max(1000).exactOptional(),

  agentsMax: count.exactOptional(),
  groupAgentsMax: count.exactOptional(),
  queuesMax: count.exactOptional(),
  recordedExtensionsMax: count.exactOptional(),
  monitoredExtensionsMax: count.exactOptional(),
  recordingDownloadsMax: count.exactOptional(),
  chatLicensesMax: count.exactOptional(),
  multimediaLicensesMax: count.exactOptional(),
  libraryMax: count.exactOptional(),
  campaignContactsMax: count.exactOptional(),
  groupAgentCount: count.exactOptional(),
  chatLicenseCount: count.exactOptional(),
  /** What counts against its limits beside the records of the directory. */
  elsewhere: z
    .strictObject({
      agents: count.exactOptional(),
      queues: count.exactOptional(),
      recorded: count.exactOptional(),
      monitored: count.exactOptional(),
      multimedia: count.exactOptional(),
    })
    .exactOptional(),
  /** Moves on with every limited licence that is taken: two cannot take the last one. */
  licensing: count.exactOptional(),

  /** Texts sent and received since `textsResetAt`. */
  smsCount: count.exactOptional(),
  mmsCount: count.exactOptional(),
  textsResetAt: time.exactOptional(),

  callRecordRetentionDays: count.exactOptional(),
  recordingRetentionDays: count.exactOptional(),
  recordingQuality: z.enum(['mono', 'stereo']).exactOptional(),
  nightlyCallDetails: z.boolean().exactOptional(),
  sftpExport: z.boolean().exactOptional(),
  sftpCleanUp: z.boolean().exactOptional(),
  sftpDirectoryConfigured: z.boolean().exactOptional(),

  /** The telephone system behind it. */
  platform: reference.exactOptional(),
  platformTenant: z
    .strictObject({
      id: text(64),
      name: text(128),
      url: text(255),
      authentication: z.boolean(),
      authenticationEditable: z.boolean(),
      reportsEnabled: z.boolean(),
    })
    .exactOptional(),
  sid: text(64).exactOptional(),
  siteAddress: text(64).exactOptional(),
  defaultGateway: reference.exactOptional(),
  defaultSignInMethod: text(64).exactOptional(),
  defaultCallerId: dialled.exactOptional(),
  serviceExtension: dialled.exactOptional(),
  ivr: z.boolean().exactOptional(),

  createdAt: time.exactOptional(),
  createdBy: text(128).exactOptional(),
  modifiedAt: time
    .exactOptional()
    .describe('Moves with every change but those of counters; absent: the record’s own `changedAt` says it.'),
  modifiedBy: z.array(text(128)).max(16).exactOptional(),
  crossReferences: z.array(text(128)).max(16).exactOptional(),
});

export type Telco = z.infer<typeof telco>;
export type Product = z.infer<typeof product>;
export type Role = z.infer<typeof role>;
export type Tenant = z.infer<typeof tenant>;
