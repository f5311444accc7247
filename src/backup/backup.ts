/**
 * What a backup is: a folder that holds all of an installation that cannot be made again, as it was at one position of its log.
 * `backup.json`, written last, says what is in it; a folder without is no backup. It holds secrets, as the data folder does.
 *
 *     log/       what is in no archive yet, as an archive of its own (docs/records.md)
 *     archive/   the archived generations, unless they were left out
 *     files/     the files of services, each named by its SHA-256
 *     data/      the small files of the data folder
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerlineError } from '../errors.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';

export const PARTS = { log: 'log', archives: 'archive', files: 'files', data: 'data' } as const;

/**
 * Of the data folder; folders with all that is in them. Not here: the log and its archives, which have parts of their own,
 * what is made anew (projections, the high-water mark, keys to the server of its own), and the name by which this folder
 * holds an outside log, which two must not have.
 */
export const DATA = [
  'jwt-secret',
  'xuc-webhook.json',
  'webhooks',
  'nats/consumers.json',
  // The lines before what they were made from: a line must not speak of more than is kept.
  'signed-checkpoints.jsonl',
  'signed-records.sha256',
  'signing-key.pem',
  'signing-key.pub.pem',
] as const;

const FORMAT = 'ledgerline-backup/1';
const MANIFEST = 'backup.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Below its part, and nowhere else. */
const name = z.string().regex(/^(?!\.)[^/\\]+(?:\/(?!\.)[^/\\]+)*$/);

const backupSchema = z.object({
  format: z.literal(FORMAT),
  /** Id of the log, and what it is made of: generation, position after which it began, newest position. */
  log: z.string(),
  generation: z.int().min(1),
  seam: z.int().min(0),
  last: z.int().min(1),
  /** When it was made, RFC 3339. */
  time: z.string(),
  /** SHA-256 of the manifest in `log/`; null where nothing was recorded after the seam. */
  records: sha256.nullable(),
  /** SHA-256 of the manifests of the archived generations, the first one's first; and whether they are in the backup. */
  archives: z.object({ manifests: z.array(sha256).readonly(), areHere: z.boolean() }),
  files: z.array(sha256).readonly(),
  data: z.array(z.object({ name, sha256 })).readonly(),
  /** Consumers outside, and what they had acknowledged. */
  consumers: z
    .array(
      z.object({
        tenant: z.string(),
        name: z.string(),
        kinds: z.array(z.string()),
        inFlight: z.int().min(1),
        after: z.int().min(0),
      }),
    )
    .readonly(),
});

export type Backup = Readonly<z.infer<typeof backupSchema>>;

export interface KeptBackup extends Backup {
  readonly folder: string;
  /** Of `backup.json`. */
  readonly sha256: string;
}

export async function writeBackupManifest(folder: string, content: Omit<Backup, 'format'>): Promise<KeptBackup> {
  const backup = backupSchema.parse({ ...content, format: FORMAT });
  const text = `${JSON.stringify(backup)}\n`;
  await writeWhole(join(folder, MANIFEST), text);
  return kept(folder, backup, text);
}

/** Undefined for a folder that is none, or was not finished. Throws `recordInvalid` for a file that says something else. */
export async function backupAt(folder: string): Promise<KeptBackup | undefined> {
  const file = join(folder, MANIFEST);
  const text = await readWhole(file);
  if (text === undefined) return undefined;
  const read = backupSchema.safeParse(parsed(text));
  if (!read.success) throw new LedgerlineError('recordInvalid', `${file} describes no backup`, { file });
  return kept(folder, read.data, text);
}

function kept(folder: string, backup: Backup, text: string): KeptBackup {
  return { ...backup, folder, sha256: hash('sha256', text, 'hex') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
