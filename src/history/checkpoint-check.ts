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

/** Oldest first, their signatures checked; read as far as the log is. */
export type Checkpoints = Iterable<SignedCheckpoint> | AsyncIterable<SignedCheckpoint>;

export class SignedCheck {
  readonly #log: string;
  readonly #coming: AsyncGenerator<SignedCheckpoint, void>;
  readonly #leavesOf: KeptLeaves | undefined;
  #tree = new MerkleTree();
  /** Of the records since the last checkpoint. */
  #leaves: Buffer[] = [];
  #before: SignedCheckpoint | undefined;
  #next: SignedCheckpoint | undefined;
  /** The first of another log. */
  #other: SignedCheckpoint | undefined;
  #agreed = 0;
  #agreedUpTo: Position = LOG_START;

  /** `log`: id of the log that is read. */
  constructor(log: string, checkpoints: Checkpoints, leaves?: KeptLeaves) {
    this.#log = log;
    this.#coming = each(checkpoints);
    this.#leavesOf = leaves;
  }

  /** How many checkpoints agree, and the last of them. */
  get result(): { readonly agreed: number; readonly upTo: Position } {
    return { agreed: this.#agreed, upTo: this.#agreedUpTo };
  }

  /** To be waited for before the first record is given. */
  begin(): Promise<void> {
    return this.#goOn();
  }

  /** Takes every record in log order; `hash` of its payload, where it is known. A promise where a checkpoint stands. */
  take({ position, subject, payload }: PlacedRecord, hash?: string): Promise<Finding | undefined> | undefined {
    const checkpoint = this.#next;
    if (checkpoint === undefined) return undefined;
    const payloadHash = hash ?? hashOf(payload);
    const leaf = leafHash(leafText({ position, subject, hash: payloadHash }));
    this.#tree.add(leaf);
    this.#leaves.push(leaf);
    return checkpoint.position === position ? this.#judged(checkpoint, payloadHash) : undefined;
  }

  /** When all records are taken: it must be the log that was signed, and nothing of that may be missing at its end. */
  async end(head: Position): Promise<readonly Finding[]> {
    while (this.#next !== undefined) await this.#goOn();
    const findings: Finding[] = [];
    if (this.#other !== undefined) {
      const { log, position } = this.#other;
      findings.push(findingAt('checkpoint', position, `signed was the log ${log}, this is ${this.#log}`));
    }
    if (this.#before !== undefined && this.#before.position > head) {
      const { time, position } = this.#before;
      findings.push(
        findingAt('truncated', head, `the log ends here; on ${time} it was signed up to position ${position}`),
      );
    }
    return findings;
  }

  async #goOn(): Promise<void> {
    this.#before = this.#next ?? this.#before;
    this.#next = (await this.#coming.next()).value ?? undefined;
    if (this.#next !== undefined && this.#next.log !== this.#log) this.#other ??= this.#next;
  }

  async #judged(checkpoint: SignedCheckpoint, head: string): Promise<Finding | undefined> {
    const { root, position } = checkpoint;
    const leaves = this.#leaves;
    const before = this.#before;
    this.#leaves = [];
    await this.#goOn();
    if (root === this.#tree.root && checkpoint.head === head) {
      this.#agreed += 1;
      this.#agreedUpTo = position;
      return undefined;
    }
    this.#tree = treeOf(checkpoint) ?? this.#tree;
    return this.#differing(checkpoint, before, leaves);
  }

  async #differing(
    checkpoint: SignedCheckpoint,
    before: SignedCheckpoint | undefined,
    found: readonly Buffer[],
  ): Promise<Finding> {
    const { position, time } = checkpoint;
    const after = position - found.length;
    const signed = await this.#leavesOf?.({ after, upTo: position });
    if (signed === undefined || !leadsTo(checkpoint, before, signed)) {
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
}

/** The tree of the checkpoint before, carried on by these leaves, is the one that was signed. */
function leadsTo({ root }: SignedCheckpoint, before: SignedCheckpoint | undefined, leaves: readonly Buffer[]): boolean {
  const tree = before === undefined ? new MerkleTree() : treeOf(before);
  for (const leaf of leaves) tree?.add(leaf);
  return tree?.root === root;
}

async function* each(checkpoints: Checkpoints): AsyncGenerator<SignedCheckpoint, void> {
  yield* checkpoints;
}

function findingAt(kind: 'checkpoint' | 'truncated', position: Position, problem: string): Finding {
  return { kind, position, problem, changes: [] };
}
