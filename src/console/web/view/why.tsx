/**
 * Why an actor is as it is: the server's sentence with the records that prove it, and how this very record came about:
 * the chain back to the command that began it all, each a step away.
 */
import { useEffect, useState } from 'preact/hooks';
import type { Transition } from '../../../model/transition.ts';
import { keyOf, type Row } from '../../row.ts';
import { get } from '../model/api.ts';
import { endOfCommand } from '../model/buffer.ts';
import { goTo, goToRow } from '../model/moves.ts';
import { tenant } from '../model/place.ts';
import { record, story } from '../model/story.ts';
import { saidOfRow, toneOf } from '../model/tones.ts';
import { nameOf } from '../model/wall.ts';
import { clockTime, inLocalTime } from './times.ts';

interface Told {
  readonly sentence: string;
  readonly besides: readonly string[];
  readonly chain: readonly {
    readonly says: string;
    readonly kind: string;
    readonly id: string;
    readonly position: number;
    readonly record: Transition;
  }[];
}

export function Why({ row }: { row: Row }) {
  const [told, setTold] = useState<Told | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    const path = `/v1/tenants/${encodeURIComponent(tenant.value)}/actors/${row.kind}/${encodeURIComponent(row.id)}/why`;
    get<Told>(path, { as_of: endOfCommand(row) }).then(
      (found) => wanted && setTold(found),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [row.position]);
  const chain = chainOf(row);
  const root = chain.at(-1) ?? row;
  return (
    <div class="why">
      <p class="sentence">{told === undefined ? sentenceOf(row, root) : inLocalTime(told.sentence)}</p>
      {told !== undefined && <Proof told={told} />}
      <h3>How this record came about</h3>
      <ol class="chain">
        {chain.map((link, index) => (
          <li key={link.position}>
            <button type="button" class={index === 0 ? 'link first' : 'link'} onClick={() => goToRow(link)}>
              <i class={`dot ${toneOf(link.kind, link.to)}`} aria-hidden="true" />
              <span>
                <b>{nameOf(link.kind, link.id)}</b> took <b>{link.event}</b>
                <br />
                <span class="faint">
                  {link.from !== '' && link.from !== link.to ? `${saidOfRow(link.kind, link.from)} → ` : ''}
                  {saidOfRow(link.kind, link.to)} · {clockTime(link.time, true)} · #{link.position}
                </span>
              </span>
            </button>
          </li>
        ))}
        <li class="root">
          <b>{root.by}</b> asked for it via {root.via}
          <br />
          <span class="faint mono">{root.command}</span>
        </li>
      </ol>
      <Armed row={root} />
      <Siblings row={row} />
    </div>
  );
}

/** The server's own explanation: what it rests on, oldest first. */
function Proof({ told: { besides, chain } }: { told: Told }) {
  return (
    <>
      {besides.map((fact) => (
        <p key={fact} class="faint besides">
          {inLocalTime(fact)}
        </p>
      ))}
      <ol class="chain">
        {chain.map(({ position, kind, id, says, record: { time } }) => (
          <li key={position}>
            <button type="button" class="link" onClick={() => goTo(position)}>
              <span>
                {nameOf(kind, id)}: {says}
                <br />
                <span class="faint numbers">
                  {clockTime(Date.parse(time))} · #{position}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

/** From the record back over those that told, to the command's own. */
function chainOf(row: Row): Row[] {
  const known = new Map(story.value?.rows.map((one) => [`${keyOf(one)}@${one.version}`, one]));
  const chain = [row];
  for (let told = row.told; told !== undefined; ) {
    const before = known.get(told);
    if (before === undefined || chain.includes(before)) break;
    chain.push(before);
    told = before.told;
  }
  return chain;
}

function sentenceOf(row: Row, root: Row): string {
  const became = row.from === row.to ? 'stayed' : 'became';
  const state = `${row.id} ${became} ${saidOfRow(row.kind, row.to)} at ${clockTime(row.time)}`;
  if (root !== row)
    return `${state} because ${keyOf(root)} took ${root.event}, asked for by ${root.by} via ${root.via}.`;
  if (row.event.startsWith('timer ')) return `${state} because its ${row.event.slice(6)} timer was over.`;
  return `${state} because ${row.by} asked for ${row.event} via ${row.via}.`;
}

/** A timer fires what an earlier record armed. */
function Armed({ row }: { row: Row }) {
  const armed = armedBy(row);
  if (armed === undefined) return null;
  return (
    <p>
      <span class="faint">The timer was armed by</span>{' '}
      <button type="button" class="inline" onClick={() => goToRow(armed)}>
        {armed.event} at {clockTime(armed.time)}
      </button>
    </p>
  );
}

function armedBy(row: Row): Row | undefined {
  const event = record.value?.data.event;
  if (event?.type !== 'timer' || !row.event.startsWith('timer ')) return undefined;
  return story.value?.rows.find((one) => keyOf(one) === keyOf(row) && one.version === event.armed);
}

/** What else the same command did. */
function Siblings({ row }: { row: Row }) {
  const others =
    story.value?.rows.filter(({ command, position }) => command === row.command && position !== row.position) ?? [];
  if (others.length === 0) return null;
  return (
    <>
      <h3>The same command also moved</h3>
      <ul class="chain flat">
        {others.slice(0, 40).map((other) => (
          <li key={other.position}>
            <button type="button" class="link" onClick={() => goToRow(other)}>
              <i class={`dot ${toneOf(other.kind, other.to)}`} aria-hidden="true" />
              <span>
                {other.kind} {nameOf(other.kind, other.id)}{' '}
                <span class="faint">
                  {other.event} → {saidOfRow(other.kind, other.to)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
