/** What if: other events from this record on, tried by the server on a copy. Nothing of it is recorded. */
import { useState } from 'preact/hooks';
import type { Json } from '../../../model/json.ts';
import type { Row } from '../../row.ts';
import { post } from '../model/api.ts';
import { offers } from '../model/features.ts';
import { tenant } from '../model/place.ts';

const PATH = '/v1/tenants/{tenant}/actors/{kind}/{id}/fork';

export function Fork({ row }: { row: Row }) {
  const [text, setText] = useState('[\n  { "type": "setReady" }\n]');
  const [answer, setAnswer] = useState<Json | undefined>(undefined);
  const [problem, setProblem] = useState('');
  if (!offers(PATH, 'post')) return <p class="empty">This server offers no forks.</p>;
  const tryIt = async () => {
    setProblem('');
    setAnswer(undefined);
    try {
      const events = JSON.parse(text) as Json;
      const path = `/v1/tenants/${encodeURIComponent(tenant.value)}/actors/${row.kind}/${encodeURIComponent(row.id)}/fork`;
      setAnswer(await post<Json>(path, { at: row.position, events }));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="fork">
      <p>
        From <b>#{row.position}</b> on, feed these events instead of what happened. Nothing is recorded.
      </p>
      <textarea
        rows={7}
        value={text}
        aria-label="Events, as a JSON array"
        spellcheck={false}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="button" class="primary" onClick={tryIt}>
        Try it
      </button>
      {problem !== '' && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      {answer !== undefined && <pre>{JSON.stringify(answer, null, 2)}</pre>}
    </div>
  );
}
