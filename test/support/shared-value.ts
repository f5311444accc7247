/** A value that several servers share, where there is no server to keep it. */
import type { SharedValue } from '../../src/log/shared-values.ts';

export function sharedInMemory(): SharedValue {
  let text: string | undefined;
  return {
    read: async () => text,
    write: async (next) => {
      text = next;
    },
    forget: async () => {
      text = undefined;
    },
  };
}
