/**
 * The Merkle tree hash of RFC 6962 (Certificate Transparency) over a growing list, in memory of log2(n) hashes: only the
 * peaks, roots of the full subtrees from left to right, are kept. Equal roots mean equal lists, in order.
 */
import { hash } from 'node:crypto';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export class MerkleTree {
  #size: number;
  readonly #peaks: Buffer[];

  /** Empty, or carried on from a size and its peaks. Throws when the two cannot belong together. */
  constructor(size = 0, peaks: readonly string[] = []) {
    if (peaks.length !== bitsOf(size)) throw new Error(`a tree of ${size} leaves does not have ${peaks.length} peaks`);
    this.#size = size;
    this.#peaks = peaks.map((peak) => Buffer.from(peak, 'hex'));
  }

  get size(): number {
    return this.#size;
  }

  /** Hex, the largest subtree first. */
  get peaks(): readonly string[] {
    return this.#peaks.map((peak) => peak.toString('hex'));
  }

  /** Hex. Of the empty list: the hash of nothing. */
  get root(): string {
    const root = this.#peaks.reduceRight<Buffer | undefined>(
      (right, left) => (right === undefined ? left : nodeOf(left, right)),
      undefined,
    );
    return root === undefined ? hash('sha256', '', 'hex') : root.toString('hex');
  }

  append(leaf: string): void {
    this.add(leafHash(leaf));
  }

  /** `hash`: of the leaf, by `leafHash`. */
  add(hash: Buffer): void {
    let node = hash;
    // As many full subtrees end here as the size has trailing ones.
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new Error('a tree without its peaks');
      node = nodeOf(left, node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }
}

export function leafHash(leaf: string): Buffer {
  return digest(Buffer.concat([LEAF, Buffer.from(leaf, 'utf8')]));
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return digest(Buffer.concat([NODE, left, right]));
}

function digest(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

function bitsOf(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
