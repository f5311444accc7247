/**
 * Whether a log, read from its start, is the one that was signed. Each checkpoint is compared on its own: what is between
 * two of them is judged whatever came before. Where the leaf hashes were kept and lead to the signed root, it is they that
 * were signed, and the first record that differs from them is named; else the stretch between two checkpoints is.
 */
import { hashOf } from '../log/codec.ts';
import type { PlacedRecord } from '../log/log.ts';
import { LOG_START, type Position } from '../model/position.ts';
import { leafText, type SignedCheckpoint, treeOf } from './checkpoint-line.ts';
import type { Finding } from './finding.ts';
import { leafHash, MerkleTree } from './merkle.ts';

/** Leaf hashes of the records after `after` up to `upTo`, as they were kept beside the checkpoints; nobody signed these. */
export type KeptLeaves = (range: {
  readonly after: Position;
  readonly upTo: Position;
}) => Promise<readonly Buffer[] | undefined>;

export class SignedCheck {
  readonly #log: string;
  readonly #checkpoints: readonly SignedCheckpoint[];
  readonly #leavesOf: KeptLeaves | undefined;
  #tree = new MerkleTree();
  /** Of the records since the last checkpoint. */
  #leaves: Buffer[] = [];
  #next = 0;
  #agreed = 0;
  #agreedUpTo: Position = LOG_START;

  /** `log`: id of the log that is read. `checkpoints`: oldest first, their signatures checked. */
  constructor(log: string, checkpoints: readonly SignedCheckpoint[], leaves?: KeptLeaves) {
    this.#log = log;
    this.#checkpoints = checkpoints;
    this.#leavesOf = leaves;
  }

  /** How many checkpoints agree, and the last of them. */
  get result(): { readonly agreed: number; readonly upTo: Position } {
    return { agreed: this.#agreed, upTo: this.#agreedUpTo };
  }

  /** It must be the log that was signed, and nothing of that may be missing at its end. */
  begin(head: Position): readonly Finding[] {
    const findings: Finding[] = [];
    const other = this.#checkpoints.find(({ log }) => log !== this.#log);
    if (other !== undefined)
      findings.push(findingAt('checkpoint', other.position, `signed was the log ${other.log}, this is ${this.#log}`));
    const last = this.#checkpoints.at(-1);
    if (last !== undefined && last.position > head) {
      const problem = `the log ends here; on ${last.time} it was signed up to position ${last.position}`;
      findings.push(findingAt('truncated', head, problem));
    }
    return findings;
  }

  /** Takes every record in log order; `hash` of its payload, where it is known. A promise where a checkpoint disagrees. */
  take({ position, subject, payload }: PlacedRecord, hash?: string): Promise<Finding> | undefined {
    const checkpoint = this.#checkpoints[this.#next];
    if (checkpoint === undefined) return undefined;
    const payloadHash = hash ?? hashOf(payload);
    const leaf = leafHash(leafText({ position, subject, hash: payloadHash }));
    this.#tree.add(leaf);
    this.#leaves.push(leaf);
    if (checkpoint.position !== position) return undefined;
    const leaves = this.#leaves;
    this.#leaves = [];
    this.#next += 1;
    if (checkpoint.root === this.#tree.root && checkpoint.head === payloadHash) {
      this.#agreed += 1;
      this.#agreedUpTo = position;
      return undefined;
    }
    this.#tree = treeOf(checkpoint) ?? this.#tree;
    return this.#differing(checkpoint, leaves);
  }

  async #differing(checkpoint: SignedCheckpoint, found: readonly Buffer[]): Promise<Finding> {
    const { position, time } = checkpoint;
    const after = position - found.length;
    const signed = await this.#leavesOf?.({ after, upTo: position });
    if (signed === undefined || !this.#leadsTo(checkpoint, signed)) {
      const problem = `a record from ${after + 1} to ${position} is not what was signed on ${time}`;
      return findingAt('checkpoint', position, problem);
    }
    const differing = found.flatMap((leaf, index) => (signed[index]?.equals(leaf) === true ? [] : [after + index + 1]));
    const [first = position] = differing;
    const others =
      differing.length > 1
        ? `, nor ${differing.length === 2 ? 'is' : 'are'} ${differing.length - 1} more up to ${position}`
        : '';
    return findingAt('checkpoint', first, `it is not what was signed on ${time}${others}`);
  }

  /** The tree of the checkpoint before, carried on by these leaves, is the one that was signed. */
  #leadsTo({ root, position }: SignedCheckpoint, leaves: readonly Buffer[]): boolean {
    const before = this.#checkpoints.findLast((one) => one.position < position);
    const tree = before === undefined ? new MerkleTree() : treeOf(before);
    for (const leaf of leaves) tree?.add(leaf);
    return tree?.root === root;
  }
}

function findingAt(kind: 'checkpoint' | 'truncated', position: Position, problem: string): Finding {
  return { kind, position, problem, changes: [] };
}
