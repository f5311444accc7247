/**
 * What an archive says about itself, in `manifest.json`: whose log, which generation, which positions, which files with
 * which digests, and what the archive before it was. Signed with the key of the installation's checkpoints where it has one.
 */
import { hash, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerlineError } from '../../errors.ts';
import { isSigned, keyIdOf, signatureOf } from '../signature.ts';
import { readWhole, writeWhole } from '../whole-file.ts';
import { blockFileSchema } from './block-file.ts';

export const MANIFEST = 'manifest.json';
const FORMAT = 'ledgerline-archive/1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** Id of the log. */
  log: z.string(),
  generation: z.int().min(1),
  /** Positions, both inclusive: every one between them is in the files. */
  first: z.int().min(1),
  last: z.int().min(1),
  /** SHA-256 (hex) of the payload at `last`. */
  head: sha256,
  /** When it was written, RFC 3339. */
  time: z.string(),
  /** SHA-256 (hex) of the manifest of the generation before; null for the first. */
  previous: sha256.nullable(),
  /** One line per record, in order of position. */
  records: z.array(blockFileSchema).min(1).readonly(),
  /** One line per subject: `{"subject", "positions"}`. Derived from the records; for finding them. */
  subjects: blockFileSchema,
  /** The records with which the next generation begins, in order of position; null in a mere copy. */
  genesis: blockFileSchema.nullable(),
});

export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

const signedSchema = manifestSchema.extend({ key: z.string().exactOptional(), signature: z.string().exactOptional() });

export interface ReadManifest {
  readonly manifest: Manifest;
  /** SHA-256 (hex) of the file. */
  readonly sha256: string;
  /** By whom, and over what; undefined when it is not signed. */
  readonly signed: { readonly key: string; readonly signature: string; readonly text: string } | undefined;
}

/** Written last and whole: a folder without it is no archive yet. */
export async function writeManifest(
  folder: string,
  content: Omit<Manifest, 'format'>,
  key: KeyObject | undefined,
): Promise<void> {
  const manifest = manifestSchema.parse({ ...content, format: FORMAT });
  const unsigned = key === undefined ? manifest : { ...manifest, key: keyIdOf(key) };
  const signature = key === undefined ? {} : { signature: signatureOf(JSON.stringify(unsigned), key) };
  await writeWhole(join(folder, MANIFEST), `${JSON.stringify({ ...unsigned, ...signature })}\n`);
}

/** Undefined for a folder without one. Throws `recordInvalid` for a file that is none. */
export async function readManifest(folder: string): Promise<ReadManifest | undefined> {
  const file = join(folder, MANIFEST);
  const text = await readWhole(file);
  if (text === undefined) return undefined;
  const read = signedSchema.safeParse(parsed(text));
  if (!read.success) throw new LedgerlineError('recordInvalid', `${file} is no manifest of an archive`, { file });
  const { signature, ...unsigned } = read.data;
  const { key, ...manifest } = unsigned;
  const signed =
    signature === undefined || key === undefined ? undefined : { key, signature, text: JSON.stringify(unsigned) };
  return { manifest, sha256: hash('sha256', text, 'hex'), signed };
}

/** What is wrong with the signature; undefined when nothing is. */
export function signatureProblem({ signed }: ReadManifest, key: KeyObject): string | undefined {
  if (signed === undefined) return 'it is not signed';
  if (signed.key !== keyIdOf(key)) return 'it was signed with another key';
  return isSigned(signed.text, signed.signature, key) ? undefined : 'its signature is wrong';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
