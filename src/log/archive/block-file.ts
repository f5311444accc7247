/**
 * A file of lines that can be read from the middle: gzip members of 256 lines each, one after the other, which any gunzip
 * reads as one text. Where each member begins is kept beside the file, in the archive's manifest.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { LedgerlineError } from '../../errors.ts';

export const BLOCK_LINES = 256;

export const blockFileSchema = z.object({
  name: z.string().regex(/^[a-z0-9.-]+$/),
  bytes: z.int().min(0),
  /** Of the whole file, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  lines: z.int().min(0),
  /** Offset of each block: of the lines 0 to 255, 256 to 511, … */
  blocks: z.array(z.int().min(0)).readonly(),
});

export type BlockFile = Readonly<z.infer<typeof blockFileSchema>>;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export class BlockFileWriter {
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #digest = createHash('sha256');
  readonly #blocks: number[] = [];
  #open: string[] = [];
  #bytes = 0;
  #lines = 0;

  /** Replaces what stood there; readable by its owner only. */
  static async open(folder: string, name: string): Promise<BlockFileWriter> {
    return new BlockFileWriter(name, await open(join(folder, name), 'w', 0o600));
  }

  private constructor(name: string, handle: FileHandle) {
    this.#name = name;
    this.#handle = handle;
  }

  get lines(): number {
    return this.#lines;
  }

  /** A line without its end. One call at a time. */
  async add(line: string): Promise<void> {
    this.#open.push(line);
    this.#lines += 1;
    if (this.#open.length === BLOCK_LINES) await this.#flush();
  }

  /** On disk before it returns. */
  async close(): Promise<BlockFile> {
    if (this.#open.length > 0) await this.#flush();
    await this.#handle.sync();
    await this.#handle.close();
    return {
      name: this.#name,
      bytes: this.#bytes,
      sha256: this.#digest.digest('hex'),
      lines: this.#lines,
      blocks: this.#blocks,
    };
  }

  async #flush(): Promise<void> {
    const block = await compress(`${this.#open.join('\n')}\n`);
    this.#open = [];
    this.#blocks.push(this.#bytes);
    this.#bytes += block.length;
    this.#digest.update(block);
    await this.#handle.writeFile(block);
  }
}

/** The lines of one block. Throws `recordInvalid`, naming file and lines, when they cannot be read or are not so many. */
export async function readBlock(folder: string, file: BlockFile, block: number): Promise<readonly string[]> {
  const from = file.blocks[block] ?? file.bytes;
  const bytes = Buffer.alloc((file.blocks[block + 1] ?? file.bytes) - from);
  const due = Math.min(BLOCK_LINES, file.lines - block * BLOCK_LINES);
  try {
    const handle = await open(join(folder, file.name), 'r');
    try {
      await handle.read(bytes, 0, bytes.length, from);
    } finally {
      await handle.close();
    }
    const lines = (await decompress(bytes)).toString('utf8').split('\n');
    if (lines.pop() === '' && lines.length === due) return lines;
  } catch (error) {
    throw damaged(folder, file, block, error);
  }
  throw damaged(folder, file, block);
}

/** All lines, block by block; the next block is read while one is looked at. */
export async function* readLines(
  folder: string,
  file: BlockFile,
  from = 0,
): AsyncGenerator<{ readonly block: number; readonly lines: readonly string[] }> {
  let ahead = from < file.blocks.length ? readBlock(folder, file, from) : undefined;
  for (let block = from; ahead !== undefined; block += 1) {
    const lines = await ahead;
    ahead = block + 1 < file.blocks.length ? readBlock(folder, file, block + 1) : undefined;
    // A reader who stops here never awaits this block: its failure must not count as unhandled.
    ahead?.catch(() => undefined);
    yield { block, lines };
  }
}

function damaged(folder: string, { name, lines }: BlockFile, block: number, cause?: unknown): LedgerlineError {
  const first = block * BLOCK_LINES + 1;
  const last = Math.min(first + BLOCK_LINES - 1, lines);
  const message = `${join(folder, name)} is damaged in lines ${first} to ${last}`;
  return new LedgerlineError('recordInvalid', message, { file: join(folder, name), first, last }, cause);
}
