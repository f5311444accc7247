/**
 * What if: other events after this record, then all that happened since once more, tried by the server in a world of its
 * own. Says where the two part first, and who ends otherwise. Nothing of it is recorded.
 */
import { useState } from 'preact/hooks';
import { messageOf } from '../../../errors.ts';
import type { Json } from '../../../model/json.ts';
import type { Row } from '../../row.ts';
import { post } from '../model/api.ts';
import { choose, goTo } from '../model/moves.ts';
import { tenant } from '../model/place.ts';
import { lastStep, pointerWords } from '../model/pointer-words.ts';
import { charts } from '../model/session.ts';
import { nameOf } from '../model/wall.ts';
import { Leaf } from './context-tree.tsx';

interface Change {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

interface Report {
  readonly at: number;
  readonly upTo: number;
  readonly refused?: { readonly says: string };
  readonly commands: { readonly same: number; readonly different: number; readonly refused: number };
  readonly first?: {
    readonly position: number;
    readonly event: string;
    readonly problem: string;
    readonly changes: readonly Change[];
  };
  readonly ends: readonly { readonly kind: string; readonly id: string; readonly changes: readonly Change[] }[];
}

const EXAMPLES: Readonly<Record<string, string>> = {
  agent: '[\n  { "type": "setAway" }\n]',
  call: '[\n  { "type": "kill" }\n]',
};

export function Fork({ row }: { row: Row }) {
  const [text, setText] = useState(EXAMPLES[row.kind] ?? '[\n  { "type": "remove" }\n]');
  const [report, setReport] = useState<Report | undefined>(undefined);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const tryIt = async () => {
    setProblem('');
    setReport(undefined);
    setBusy(true);
    try {
      const events = (JSON.parse(text) as Json[]).map((event) => ({ kind: row.kind, id: row.id, event }));
      setReport(
        await post<Report>(`/v1/tenants/${encodeURIComponent(tenant.value)}/forks`, { at: row.position, events }),
      );
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="fork">
      <p>
        What if, after <b>#{row.position}</b>, {nameOf(row.kind, row.id)} had taken:
      </p>
      <textarea
        rows={5}
        value={text}
        aria-label="Events, as a JSON array"
        spellcheck={false}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <KnownEvents kind={row.kind} onChoose={(type) => setText(`[\n  { "type": "${type}" }\n]`)} />
      <button type="button" class="primary" onClick={tryIt} disabled={busy}>
        {busy ? 'Trying …' : 'Try it'}
      </button>
      <p class="faint">Then everything that happened since is fed again. Nothing is recorded.</p>
      {problem !== '' && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      {report !== undefined && <Outcome report={report} />}
    </div>
  );
}

/** What this kind of actor ever takes, so that nobody has to guess; of what an event needs besides, the refusal tells. */
function KnownEvents({ kind, onChoose }: { kind: string; onChoose: (type: string) => void }) {
  const edges = charts.value?.get(kind)?.edges ?? [];
  const types = [...new Set(edges.flatMap(({ events }) => events))].filter((type) => /^[\w.]+$/.test(type));
  if (types.length === 0) return null;
  return (
    <p class="known">
      <span class="faint">It takes:</span>{' '}
      {types.map((type) => (
        <button key={type} type="button" class="inline" onClick={() => onChoose(type)}>
          {type}
        </button>
      ))}
    </p>
  );
}

function Outcome({ report: { at, upTo, refused, commands, first, ends } }: { report: Report }) {
  if (refused !== undefined) {
    return (
      <p class="bad" role="status">
        Refused: {refused.says}
      </p>
    );
  }
  return (
    <div class="outcome" role="status">
      <p>
        Up to #{upTo}: {commands.same} commands the same, {commands.different} different, {commands.refused} refused.
      </p>
      {first === undefined ? (
        <p>Everything came out as it was recorded.</p>
      ) : (
        <p>
          First apart at{' '}
          <button type="button" class="inline" onClick={() => goTo(Math.max(first.position, at))}>
            #{first.position}
          </button>{' '}
          ({first.event}): {first.problem}
        </p>
      )}
      {ends.map(({ kind, id, changes }) => (
        <div key={`${kind}/${id}`}>
          <h3>
            <button type="button" class="inline" onClick={() => choose({ kind, id })}>
              {nameOf(kind, id)}
            </button>{' '}
            <span class="faint">ends otherwise</span>
          </h3>
          <ul class="changes">
            {changes.map(({ path, before, after }) => (
              <li key={path}>
                <span class="faint">{pointerWords(path)}</span>
                <br />
                {before !== undefined && (
                  <del>
                    <Leaf value={before} name={lastStep(path)} />
                  </del>
                )}{' '}
                {after !== undefined && (
                  <ins>
                    <Leaf value={after} name={lastStep(path)} />
                  </ins>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
