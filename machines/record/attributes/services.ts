/**
 * How a service that can be asked for by name behaves (GMS `service.<name>` sections).
 */
import { z } from 'zod';
import { name, text } from '../../fields.ts';

export const serviceConfiguration = z.strictObject({
  /** The name under which it is started. */
  name,
  /** What it does; absent: what its name says. */
  service: text(128).exactOptional(),
  type: z.enum(['builtin', 'ors']).exactOptional(),
  /** Lifetime of a service and of its storage, in seconds. */
  ttlSeconds: z.int().min(1).max(31_536_000).exactOptional(),
  provideCode: z.boolean().exactOptional(),
  /** Name of a resource group. */
  resourceGroup: text(128).exactOptional(),
  accessCodeLength: z.int().min(1).max(16).exactOptional(),
  bookingExpirationSeconds: z.int().min(5).max(1800).exactOptional(),
  /** A match also shows what the service stores. */
  returnUserData: z.boolean().exactOptional(),
  /** Answers with an access number also tell how many its group has, and how many of them are free. */
  returnPoolHealth: z.boolean().exactOptional(),
  /** request-chat: refused while no agent of the tenant is ready. */
  needsReadyAgent: z.boolean().exactOptional(),
  /** Options that a request may override. */
  overwritableOptions: z.array(text(64)).max(64).exactOptional(),
  /** Options without a meaning of their own here, by name. */
  options: z.record(text(64), text(1024)).exactOptional(),
});

export type ServiceConfiguration = z.infer<typeof serviceConfiguration>;
