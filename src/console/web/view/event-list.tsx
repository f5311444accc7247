/** The log as a list, one line per record: only the lines in view exist, however many are held. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { keyOf, type Row } from '../../row.ts';
import { download } from '../model/api.ts';
import {
  buffer,
  filterQuery,
  loadEarlier,
  loading,
  loadLater,
  prepended,
  saidOfNothing,
  turn,
} from '../model/buffer.ts';
import { goToRow, search } from '../model/moves.ts';
import { actor, kinds, moment, tenant, troubleOnly, words } from '../model/place.ts';
import { trouble } from '../model/session.ts';
import { saidOfRow, toneOf } from '../model/tones.ts';
import { useSize } from './size.ts';
import { clockTime, count } from './times.ts';

const LINE = 25;
const AROUND = 10;
const NEAR = 40 * LINE;
const KINDS = ['agent', 'call', 'chat', 'service', 'queue'];

export function EventList() {
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const { top, onScroll } = useSteadyScroll(box, height);
  const at = moment.value;
  const { rows } = buffer;
  const first = Math.max(0, Math.floor(top / LINE) - AROUND);
  const last = Math.min(rows.length, Math.ceil((top + height) / LINE) + AROUND);
  const current = at === undefined ? -1 : buffer.indexAt(at);
  // Lines that scroll out are written anew as those that scroll in: nothing is made or removed while scrolling.
  const slots = Math.ceil(height / LINE) + 2 * AROUND + 2;
  return (
    <div class="events">
      <Filters />
      <div class="list" ref={box} onScroll={onScroll} tabIndex={0} role="listbox" aria-label="Records">
        <div class="reach" style={{ height: `${rows.length * LINE}px` }}>
          {rows.slice(first, last).map((row, index) => (
            <Line
              key={(first + index) % slots}
              row={row}
              top={(first + index) * LINE}
              is={first + index === current}
              ahead={at !== undefined && row.position > at}
            />
          ))}
        </div>
        {rows.length === 0 && (
          <p class="empty">
            {saidOfNothing()}{' '}
            {!loading.value && !buffer.atBeginning && (
              <button type="button" class="quiet" onClick={() => void loadEarlier()}>
                Look further back
              </button>
            )}
          </p>
        )}
      </div>
    </div>
  );
}

/** What is looked at stays in place: the newest while live, the moment while frozen, else what was scrolled to. */
function useSteadyScroll(box: RefObject<HTMLDivElement | null>, height: number) {
  const [top, setTop] = useState(0);
  const following = useRef(true);
  const shown = turn.value;
  const at = moment.value;
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    if (prepended.peek() > 0) {
      current.scrollTop += prepended.peek() * LINE;
      prepended.value = 0;
    } else if (at === undefined && following.current) current.scrollTop = buffer.rows.length * LINE;
    setTop(current.scrollTop);
  }, [shown, height, at]);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || at === undefined) {
      following.current = true;
      return;
    }
    const line = buffer.indexAt(at) * LINE;
    if (line < current.scrollTop + LINE || line > current.scrollTop + current.clientHeight - 3 * LINE) {
      current.scrollTop = line - current.clientHeight / 2;
    }
  }, [at, shown]);
  const onScroll = () => {
    const { current } = box;
    if (current === null) return;
    setTop(current.scrollTop);
    const below = current.scrollHeight - current.clientHeight - current.scrollTop;
    following.current = below < 2 * LINE;
    if (current.scrollTop < NEAR) void loadEarlier();
    if (below < NEAR) void loadLater();
  };
  return { top, onScroll };
}

function Line({ row, top, is, ahead }: { row: Row; top: number; is: boolean; ahead: boolean }) {
  const { position, time, kind, id, name = id, event, from, to, by, via } = row;
  const now = actor.value;
  const same = now !== undefined && now.kind === kind && now.id === id;
  const tone = toneOf(kind, to);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys of the page go from line to line
    <div
      class={`record${is ? ' here' : ''}${ahead ? ' ahead' : ''}${same ? ' same' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      role="option"
      tabIndex={-1}
      aria-selected={is}
      data-position={position}
      onClick={() => goToRow(row)}
    >
      <span class="numbers faint at">{position}</span>
      <span class="numbers">{clockTime(time)}</span>
      <span class="actor" title={keyOf(row)}>
        <span class="faint">{kind}</span> <bdi>{name}</bdi>
      </span>
      <span class="event">
        <span class="fed">{event}</span>
        {row.trouble !== undefined && <em class="mishap">{row.trouble}</em>}
      </span>
      <span class="to">
        <i class={`dot ${tone}`} aria-hidden="true" />
        {from === to ? <span class="faint">{saidOfRow(kind, to)}</span> : saidOfRow(kind, to)}
      </span>
      <span class="faint by" title={`${by} via ${via}`}>
        {by}
      </span>
    </div>
  );
}

function Filters() {
  return (
    <div class="filters">
      <input
        id="filter"
        type="search"
        value={words.value}
        placeholder="Filter records"
        maxLength={200}
        aria-label="Filter records"
        spellcheck={false}
        onInput={({ currentTarget }) => search(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
        }}
      />
      {KINDS.map((kind) => {
        const on = kinds.value.includes(kind);
        return (
          <button
            key={kind}
            type="button"
            class={on ? 'chip on' : 'chip'}
            aria-pressed={on}
            onClick={() => {
              kinds.value = on ? kinds.value.filter((one) => one !== kind) : [...kinds.value, kind];
            }}
          >
            {kind}
          </button>
        );
      })}
      <button
        type="button"
        class={troubleOnly.value ? 'chip on' : 'chip'}
        aria-pressed={troubleOnly.value}
        title="Only what went wrong: missed, failed, abandoned, turned away, cut off"
        onClick={() => {
          troubleOnly.value = !troubleOnly.value;
        }}
      >
        <span class="mishap" aria-hidden="true" /> trouble
      </button>
      <Export />
      <span class="faint numbers held">
        {loading.value ? 'reading …' : heldText(turn.value >= 0 ? buffer.rows.length : 0, buffer.atBeginning)}
      </span>
    </div>
  );
}

function heldText(held: number, isAll: boolean): string {
  return isAll && held === 1 ? '1 record' : `${count(held)}${isAll ? '' : '+'} records`;
}

const FORMATS = [
  ['csv', 'CSV', 'csv'],
  ['jsonl', 'JSON Lines', 'jsonl'],
  ['cloudevents', 'CloudEvents', 'json'],
] as const;

/** Everything the filter lets through, the whole log of the tenant, as a file. */
function Export() {
  const write = async (format: string): Promise<void> => {
    const end = FORMATS.find(([name]) => name === format)?.[2];
    const asked = { ...filterQuery(), format };
    await download('/console/data/export', asked, `${tenant.peek()}.${end}`).catch((error: Error) => {
      trouble.value = error.message;
    });
  };
  return (
    <select
      class="export"
      value=""
      aria-label="Export what the filter lets through"
      title="Export what the filter lets through, of the whole log"
      onChange={({ currentTarget }) => {
        void write(currentTarget.value);
        currentTarget.value = '';
      }}
    >
      <option value="">Export</option>
      {FORMATS.map(([format, name]) => (
        <option key={format} value={format}>
          {name}
        </option>
      ))}
    </select>
  );
}
