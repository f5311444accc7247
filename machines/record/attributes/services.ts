/**
 * How a service that can be asked for by name behaves (GMS `service.<name>` sections).
 */
import { z } from 'zod';
import { name, text } from '../../fields.ts';

export const serviceConfiguration = z.strictObject({
  name: name.describe('The name under which it is started.'),
  service: text(128).exactOptional().describe('What it does; absent: what its name says.'),
  type: z.enum(['builtin', 'ors']).exactOptional(),
  ttlSeconds: z
    .int()
    .min(1)
    .max(31_536_000)
    .exactOptional()
    .describe('Lifetime of a service and of its storage, in seconds.'),
  provideCode: z.boolean().exactOptional(),
  resourceGroup: text(128).exactOptional().describe('Name of a resource group.'),
  accessCodeLength: z.int().min(1).max(16).exactOptional(),
  bookingExpirationSeconds: z.int().min(5).max(1800).exactOptional(),
  returnUserData: z.boolean().exactOptional().describe('A match also shows what the service stores.'),
  returnPoolHealth: z
    .boolean()
    .exactOptional()
    .describe('Answers with an access number also tell how many its group has, and how many of them are free.'),
  needsReadyAgent: z.boolean().exactOptional().describe('request-chat: refused while no agent of the tenant is ready.'),
  overwritableOptions: z.array(text(64)).max(64).exactOptional().describe('Options that a request may override.'),
  options: z
    .record(text(64), text(1024))
    .exactOptional()
    .describe('Options without a meaning of their own here, by name.'),
});

export type ServiceConfiguration = z.infer<typeof serviceConfiguration>;
