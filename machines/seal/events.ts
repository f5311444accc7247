/** What a seal takes. Only the writer of the log sends it, when it finds an incomplete command at the log's end. */
import { z } from 'zod';

export const sealEvents = {
  /** Nothing that belongs before it can follow: `after` is the position at which the log ended. */
  seal: z.strictObject({ type: z.literal('seal'), after: z.int().min(1) }),
};

export type SealEvent = z.infer<typeof sealEvents.seal>;
