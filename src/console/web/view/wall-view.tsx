/** Everybody at a glance: agents, calls, queues of the tenant, at the moment of the page. */
import type { ComponentChildren } from 'preact';
import type { Actor } from '../../row.ts';
import { choose } from '../model/moves.ts';
import { actor } from '../model/place.ts';
import { said, toneOf, toneOfState } from '../model/tones.ts';
import {
  type AgentSeen,
  type CallSeen,
  liveCalls,
  nameOf,
  type QueueSeen,
  wall,
  wallBusy,
  wallProblem,
} from '../model/wall.ts';
import { now } from './now.ts';
import { count, span } from './times.ts';

const ENDED_SHOWN = 12;
/** Agents from which on each takes less room. */
const DENSE_FROM = 18;
/** So many live calls have two lines each. */
const ROOMY_CALLS_MAX = 7;

export function WallView() {
  const { agents, calls, queues } = wall.value;
  const isUnknown = wallProblem.value !== '' && agents.length + calls.length + queues.length === 0;
  if (isUnknown)
    return (
      <nav class="wall" aria-label="Agents, calls and queues">
        <p class="empty">{wallProblem.value}</p>
      </nav>
    );
  const ended = calls.filter(({ stage }) => stage === 'ended').slice(0, ENDED_SHOWN);
  const signedIn = agents.filter(({ presence }) => presence !== 'signedOut').length;
  return (
    <nav class={wallBusy.value ? 'wall busy' : 'wall'} aria-label="Agents, calls and queues">
      {wallProblem.value !== '' && <p class="empty">{wallProblem.value}</p>}
      <Group
        title="Agents"
        note={`${count(signedIn)} of ${count(agents.length)} signed in`}
        of={agents.length}
        empty="No agent yet."
      >
        <div class={agents.length > DENSE_FROM ? 'tiles dense' : 'tiles'}>
          {agents.map((one) => (
            <AgentTile key={one.id} agent={one} />
          ))}
        </div>
      </Group>
      <Group title="Calls" note={`${count(liveCalls.value.length)} live`} of={calls.length} empty="No call yet.">
        <ul class={liveCalls.value.length > ROOMY_CALLS_MAX ? 'calls dense' : 'calls'}>
          {liveCalls.value.map((one) => (
            <CallLine key={one.id} call={one} />
          ))}
          {ended.map((one) => (
            <CallLine key={one.id} call={one} />
          ))}
        </ul>
      </Group>
      <Group title="Queues" note={`${count(queues.length)}`} of={queues.length} empty="No queue yet.">
        <ul class="queues">
          {queues.map((one) => (
            <QueueLine key={one.id} queue={one} />
          ))}
        </ul>
      </Group>
    </nav>
  );
}

function Group(props: { title: string; note: string; of: number; empty: string; children: ComponentChildren }) {
  return (
    <section class="group">
      <h2>
        {props.title} <span class="faint numbers">{props.note}</span>
      </h2>
      {props.of === 0 ? (
        <p class="empty">{wall.value.position === 0 && wallBusy.value ? 'Reading …' : props.empty}</p>
      ) : (
        props.children
      )}
    </section>
  );
}

function AgentTile({ agent }: { agent: AgentSeen }) {
  const { id, presence, phone, queue, reason, missed, dnd, line } = agent;
  const onPhone = phone !== 'idle' && phone !== 'unavailable';
  const tone = toneOf('agent', `${presence}/${phone}/${queue}`);
  const state = onPhone ? said(phone) : (reason ?? said(presence));
  const since = Date.parse(onPhone ? agent.phoneSince : agent.presenceSince);
  return (
    <button
      type="button"
      class={`tile ${tone}${chosen('agent', id)}`}
      onClick={() => choose({ kind: 'agent', id })}
      aria-pressed={chosen('agent', id) !== ''}
      data-actor={`agent/${id}`}
    >
      <span class="name">{nameOf('agent', id)}</span>
      <span class="line">
        <span class="state">{state}</span>
        <span class="numbers faint">{span(now.value - since)}</span>
      </span>
      <span class="line faint">
        <span class="numbers">{line === null ? 'no line' : `line ${line}`}</span>
        <span>
          {onPhone && presence !== 'ready' ? `${said(presence)} ` : ''}
          {missed > 0 ? `missed ${missed} ` : ''}
          {dnd ? 'dnd' : ''}
        </span>
      </span>
    </button>
  );
}

function CallLine({ call }: { call: CallSeen }) {
  const { id, stage, from, to, legs, queue, startedAt, endedAt } = call;
  const talker =
    legs.find(({ agent, state }) => agent !== undefined && state !== 'released')?.agent ??
    legs.findLast(({ agent }) => agent !== undefined)?.agent;
  const where =
    talker !== undefined && queue?.waiting !== true
      ? nameOf('agent', talker)
      : queue === null
        ? to
        : nameOf('queue', queue.queue);
  return (
    <li>
      <button
        type="button"
        class={`call${stage === 'ended' ? ' over' : ''}${chosen('call', id)}`}
        onClick={() => choose({ kind: 'call', id })}
        aria-pressed={chosen('call', id) !== ''}
        data-actor={`call/${id}`}
        title={`${said(stage)}, ${id}`}
      >
        <i class={`dot ${toneOfState(stage)}`} aria-hidden="true" />
        <span class="who">
          <span class="numbers">{from}</span> <span class="faint">→</span> <bdi>{where}</bdi>
        </span>
        <span class="state">{call.abandoned === true ? 'abandoned' : stage === 'ended' ? '' : said(stage)}</span>
        <span class="numbers faint">{span((endedAt ?? now.value) - startedAt)}</span>
      </button>
    </li>
  );
}

function QueueLine({ queue }: { queue: QueueSeen }) {
  const { id, extension, members = [] } = queue;
  const waiting = liveCalls.value.filter((call) => call.queue?.waiting === true && call.queue.queue === id);
  const longest = Math.max(0, ...waiting.map((call) => now.value - (call.queue?.waitingSince ?? now.value)));
  const mine = new Set(members.map(({ agent }) => agent));
  const ready = wall.value.agents.filter(
    ({ id: agent, presence, phone }) => mine.has(agent) && presence === 'ready' && phone === 'idle',
  ).length;
  return (
    <li>
      <button
        type="button"
        class={`call${chosen('queue', id)}`}
        onClick={() => choose({ kind: 'queue', id })}
        aria-pressed={chosen('queue', id) !== ''}
        data-actor={`queue/${id}`}
        title={id}
      >
        <i class={`dot ${waiting.length > 0 ? 'waiting' : 'other'}`} aria-hidden="true" />
        <span class="who">
          <bdi>{queue.name ?? id}</bdi> <span class="faint numbers">{extension}</span>
        </span>
        <span class="state">
          {waiting.length > 0 ? `${waiting.length} waiting, ${span(longest)}` : `${ready} of ${members.length} free`}
        </span>
      </button>
    </li>
  );
}

function chosen(kind: string, id: string): string {
  const now: Actor | undefined = actor.value;
  return now?.kind === kind && now.id === id ? ' picked' : '';
}
