/** The selected actor at the moment of the page: its last record, and the ways to look at it. */
import type { Json } from '../../../model/json.ts';
import type { Transition } from '../../../model/transition.ts';
import { keyOf, type Row } from '../../row.ts';
import { choose, goToRow, show } from '../model/moves.ts';
import { actor, moment, TABS, type Tab, tab, tenant } from '../model/place.ts';
import { charts } from '../model/session.ts';
import {
  clearMark,
  marked,
  own,
  previous,
  record,
  recordBefore,
  standing,
  story,
  storyProblem,
  toggleMark,
} from '../model/story.ts';
import { saidOfRow, toneOf } from '../model/tones.ts';
import { nameOf } from '../model/wall.ts';
import { ContextTree } from './context-tree.tsx';
import { Copy } from './copy.tsx';
import { Fork } from './fork.tsx';
import { Statechart } from './statechart.tsx';
import { clockTime, dayOf } from './times.ts';
import { Why } from './why.tsx';

const NAMES: Readonly<Record<Tab, string>> = {
  state: 'State',
  context: 'Context',
  why: 'Why?',
  fork: 'Fork',
  record: 'Record',
};

export function Inspector() {
  const chosen = actor.value;
  if (chosen === undefined) return null;
  const row = standing.value;
  const name = nameOf(chosen.kind, chosen.id);
  return (
    <aside class="inspector" aria-label="Selected actor">
      <header class="subject">
        <div>
          <span class="faint">{chosen.kind}</span>
          <h2 title={name}>{name}</h2>
          <Copy
            text={() => `${tenant.peek()}/${keyOf(chosen)}`}
            title={`Copy ${tenant.value}/${keyOf(chosen)}, as the command line takes it`}
            class="faint id"
          >
            {name === chosen.id ? 'copy' : chosen.id}
          </Copy>
        </div>
        <button
          type="button"
          class="quiet"
          onClick={() => choose(undefined)}
          aria-label="Clear the selection"
          title="Clear the selection (Esc)"
        >
          ✕
        </button>
      </header>
      {row === undefined ? (
        <p class="empty">
          {storyProblem.value ||
            (story.value?.of === keyOf(chosen) && moment.value !== undefined
              ? 'It did not exist yet at this moment.'
              : 'Reading …')}
        </p>
      ) : (
        <>
          <Headline row={row} />
          <div class="tabs" role="tablist">
            {TABS.map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                id={`tab-${one}`}
                aria-selected={tab.value === one}
                onClick={() => show(one)}
              >
                {NAMES[one]}
              </button>
            ))}
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and may hold nothing that takes the focus */}
          <div class="tab" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${tab.value}`}>
            <Shown row={row} />
          </div>
        </>
      )}
    </aside>
  );
}

function Headline({ row }: { row: Row }) {
  const rows = own.value;
  const at = rows.indexOf(row);
  const [before, after] = [rows[at - 1], rows[at + 1]];
  return (
    <div class="headline">
      <p class="now">
        <i class={`dot ${toneOf(row.kind, row.to)}`} aria-hidden="true" />
        <b>{saidOfRow(row.kind, row.to)}</b>
        {row.from !== '' && row.from !== row.to && <span class="faint">was {saidOfRow(row.kind, row.from)}</span>}
      </p>
      <p class="by">
        <span>
          <b class="event">{row.event}</b>{' '}
          <span class="faint">
            by {row.by} via {row.via}
          </span>
        </span>
      </p>
      <p class="by">
        <span class="faint numbers">
          {dayOf(row.time)} {clockTime(row.time, true)} · #{row.position} · version {row.version}
        </span>
        <span class="steps">
          <button
            type="button"
            disabled={before === undefined}
            onClick={() => before && goToRow(before)}
            aria-label="Its record before"
            title="Its record before (Shift ←)"
          >
            ‹
          </button>
          <button
            type="button"
            disabled={after === undefined}
            onClick={() => after && goToRow(after)}
            aria-label="Its record after"
            title="Its record after (Shift →)"
          >
            ›
          </button>
        </span>
      </p>
    </div>
  );
}

function Shown({ row }: { row: Row }) {
  const found = record.value;
  const chart = charts.value?.get(row.kind);
  switch (tab.value) {
    case 'state':
      return chart === undefined ? (
        <p class="empty">{charts.value === undefined ? 'Drawing the chart …' : 'This kind has no chart.'}</p>
      ) : (
        <Statechart chart={chart} record={found} />
      );
    case 'context':
      return found === undefined ? (
        <Reading />
      ) : (
        <>
          <ComparedWith row={row} />
          <ContextTree key={row.id} was={contextOf(recordBefore.value)} is={contextOf(found) ?? {}} />
        </>
      );
    case 'why':
      return <Why key={row.position} row={row} />;
    case 'fork':
      return <Fork key={`${row.kind}/${row.id}`} row={row} />;
    case 'record':
      return found === undefined ? <Reading /> : <RawRecord record={found} />;
  }
}

function ComparedWith({ row }: { row: Row }) {
  const other = previous.value;
  const isMark = other !== undefined && other === marked.value;
  return (
    <p class="compared">
      <span class="faint">
        {other === undefined
          ? 'Its first record'
          : `Compared with ${isMark ? 'the marked record' : 'the one before'}, #${other.position}`}
      </span>
      <button type="button" class="inline" title="m" onClick={isMark ? clearMark : toggleMark}>
        {isMark ? 'Clear the mark' : marked.value?.position === row.position ? 'Marked' : 'Mark this record'}
      </button>
    </p>
  );
}

function contextOf(found: Transition | undefined): Json | undefined {
  if (found === undefined) return undefined;
  const { context, timers } = found.data.state;
  return timers === undefined ? context : { ...context, '⏱ timers': timers };
}

function Reading() {
  return <p class="empty">Reading the record …</p>;
}

function RawRecord({ record: raw }: { record: Transition }) {
  const text = JSON.stringify(raw, null, 2);
  return (
    <div class="raw">
      <Copy text={() => text} title="Copy the record" class="quiet">
        Copy
      </Copy>
      <pre>{text}</pre>
    </div>
  );
}
