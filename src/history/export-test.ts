/**
 * An actor's history as a test file: given the state before each record, when its event comes, then its state. It runs
 * under vitest against the machines of the repository it is put into; a machine that changes its mind fails by name.
 */
import { type ActorId, formatActor } from '../model/actor-id.ts';
import type { Transition } from '../model/transition.ts';

export interface TestFileOptions {
  readonly actor: ActorId;
  /** All of the actor's records, from the first on; or a run of them, of which the first is only what is given. */
  readonly records: readonly Transition[];
  /** From the test file to the repository's root, such as `../..`. */
  readonly root: string;
}

/** TypeScript that the house's own checks let pass, formatted as data is. Throws for no records: there would be nothing to test. */
export function testFile({ actor, records, root }: TestFileOptions): string {
  const [first, ...others] = records;
  if (first === undefined) throw new Error('a history without records');
  const isWhole = first.data.version === 1;
  const cases = (isWhole ? records : others).map(caseOf).join('\n');
  const given = isWhole ? '' : `const given: Outcome = ${outcomeOf(first)};\n`;
  const types = isWhole ? 'type Step' : 'type Outcome, type Step';
  return `// biome-ignore-all format: as the log has it, and made again rather than edited
/**
 * The history of ${formatActor(actor).replaceAll('*/', '* /')}, versions ${first.data.version} to ${records.at(-1)?.data.version}, as the log had it:
 * given the state before, when the event comes, then the state that was recorded.
 */
import { expect, test } from 'vitest';
import { kinds } from '${root}/machines/index.ts';
import { historyOf, ${types} } from '${root}/src/history/given-history.ts';

const { given: before, when } = historyOf(kinds, ${json(actor)});
${given}
const history: readonly Step[] = [
${cases}
];

test.each(history.map((step, index) => [step.version, step.event.type, step, history[index - 1]?.becomes] as const))(
  'version %i, by %s, comes to the state that was recorded',
  (_version, _type, step, was) => {
    expect(when(before(was${isWhole ? '' : ' ?? given'}), step)).toEqual(step.becomes);
  },
);
`;
}

function caseOf(record: Transition): string {
  const { version, event } = record.data;
  return `  { version: ${version}, at: ${json(record.time)}, event: ${json(event)},\n    becomes: ${outcomeOf(record)} },`;
}

function outcomeOf({ data: { to, state } }: Transition): string {
  return json({ value: to, ...state });
}

/** JSON is TypeScript, but for two line ends that older readers stumble over. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
