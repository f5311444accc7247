/**
 * The next generation of the log, decided on and not begun yet: a small file in the data folder. As long as it is there,
 * whoever opens the log begins that generation first, from wherever the one before him was interrupted.
 */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LedgerlineError } from '../../errors.ts';
import { readWhole, syncFolder, writeWhole } from '../whole-file.ts';

const planSchema = z.object({
  /** Id of the log; it stays. */
  log: z.string(),
  /** The one to begin. */
  generation: z.int().min(2),
  seam: z.int().min(1),
  /** SHA-256 (hex) of the manifest of the archive that ends at the seam. */
  archive: z.string(),
  /** Present once the switch has begun: the old stream, which had so many replicas, takes nothing more and may be gone. */
  begun: z.object({ replicas: z.int().min(1) }).exactOptional(),
  /** Consumers outside, which go on after the seam. */
  consumers: z
    .array(z.object({ tenant: z.string(), name: z.string(), kinds: z.array(z.string()), inFlight: z.int().min(1) }))
    .readonly(),
});

export type Plan = Readonly<z.infer<typeof planSchema>>;

export function planFileIn(dataDir: string): string {
  return join(dataDir, 'next-generation.json');
}

/** On disk before it returns. */
export function writePlan(file: string, plan: Plan): Promise<void> {
  return writeWhole(file, `${JSON.stringify(plan)}\n`);
}

/** Undefined when nothing is planned. Throws `badConfiguration` for a file that is no plan: it must not be guessed away. */
export async function readPlan(file: string): Promise<Plan | undefined> {
  const text = await readWhole(file);
  if (text === undefined) return undefined;
  try {
    return planSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new LedgerlineError('badConfiguration', `${file} is no plan of a generation`, { file }, error);
  }
}

export async function forgetPlan(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolder(dirname(file));
}
