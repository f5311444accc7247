/** Somebody else is faster: what was decided on the directory as it was meets it as it has become. */
import { vi } from 'vitest';
import type { Delivery } from '../../src/model/command.ts';
import type { World } from './world.ts';

/** The next command is recorded after one of these. */
export function overtakenBy({ runtime, record }: World, tenant: string, ...deliveries: readonly Delivery[]): void {
  vi.spyOn(runtime, 'submit').mockImplementationOnce(async (command, until) => {
    await record(tenant, ...deliveries);
    return runtime.submit(command, until);
  });
}
