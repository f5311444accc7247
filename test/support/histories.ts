/** Random histories for property tests: commands of one to four records over a few actors of several kinds, and junk. */
import fc from 'fast-check';
import type { StoredRecord } from '../../src/log/log.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import { agentContext } from './agent-records.ts';
import { callContext, queued } from './call-records.ts';
import { Chains, type RecordDraft, START_MS } from './given.ts';

interface Move {
  readonly kind: 'agent' | 'user' | 'credential' | 'call';
  readonly id: number;
  readonly tenant: string;
  readonly presence: string;
  readonly timers: number;
  readonly done: boolean;
  readonly time: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('agent', 'user', 'credential', 'call'),
  id: fc.nat(2),
  tenant: fc.constantFrom('genesys', 'lunchlab'),
  presence: fc.constantFrom('signedOut', 'ready', 'away', 'wrapUp'),
  timers: fc.nat(2),
  done: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  /** Up to twenty days, so that retention has something to do; times run backwards as often as forwards. */
  time: fc.nat(20 * 24 * 3_600_000),
});

const junk = fc.constantFrom('bytes', 'version', 'prev', 'subject', 'visibility');

const step = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(move, { minLength: 1, maxLength: 4, selector: (one) => nameOf(one) }) },
  { weight: 1, arbitrary: junk },
);

/** A log: mostly valid whole commands, now and then something that is no record. */
export const histories: fc.Arbitrary<readonly StoredRecord[]> = fc
  .array(step, { minLength: 1, maxLength: 40 })
  .map((steps) => {
    const chains = new Chains();
    steps.forEach((one, index) => {
      if (typeof one === 'string') addJunk(chains, one);
      else chains.command(`command-${index % 30}`, ...one.map((each) => [actorOf(each), draftOf(each)] as const));
    });
    return chains.stored;
  });

const VICTIM: ActorId = { tenant: 'genesys', kind: 'agent', id: 'agent-0' };

export function addJunk(chains: Chains, how: 'bytes' | 'version' | 'prev' | 'subject' | 'visibility'): void {
  if (how === 'bytes') chains.junk('not a record', 'evt.genesys.agent.agent-0');
  else if (how === 'version') chains.broken(VICTIM, { version: 99 });
  else if (how === 'prev') chains.broken(VICTIM, { prev: '0'.repeat(64) });
  else if (how === 'subject') chains.broken(VICTIM, {}, 'evt.genesys.agent.somebody-else');
  else chains.broken({ ...VICTIM, id: 'agent-1' }, {}, 'sec.genesys.agent.agent-1');
}

function nameOf({ tenant, kind, id }: Move): string {
  return `${tenant}/${kind}/${id}`;
}

function actorOf({ tenant, kind, id }: Move): ActorId {
  return { tenant, kind, id: `${kind}-${id}` };
}

function draftOf({ kind, id, presence, timers, done, time }: Move): RecordDraft {
  const common = {
    time: START_MS + time,
    visibility: kind === 'credential' ? ('private' as const) : ('public' as const),
  };
  const end = done ? { done: true as const } : {};
  if (kind === 'agent') {
    const armed = Array.from({ length: timers }, (_, at) => ({
      name: `timer-${at}`,
      due: START_MS + time + at,
      armed: 1,
    }));
    const to = { present: { presence, phone: 'idle', queue: timers === 1 ? 'talking' : 'none' } };
    return { ...common, to, state: { context: agentContext(time), timers: armed, ...end } };
  }
  if (kind === 'call') return { ...common, ...callDraft(presence, START_MS + time) };
  const attributes = { userName: `${kind}${id}`, aliases: [{ dialect: 'gws', id: `alias-${id}` }] };
  return { ...common, to: 'active', state: { context: { attributes }, ...end } };
}

/** Waiting, offered, answered or over; the presence drawn for the move says which. */
function callDraft(presence: string, at: number): RecordDraft {
  const waiting = presence === 'signedOut' || presence === 'ready';
  const queue = waiting ? queued('q1', at) : queued('q1', at, { waiting, leftAt: at, outcome: 'answered' });
  const stage = { signedOut: 'queued', ready: 'offered', away: 'established' }[presence];
  const event = { type: presence === 'signedOut' ? 'redirect' : 'happen' };
  return { event, to: stage === undefined ? 'ended' : { live: stage }, state: { context: callContext(at, { queue }) } };
}
