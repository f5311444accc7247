/**
 * Sends one socket what it missed, from the position it names, and then hands it over to those that hear everybody's
 * events as they happen: in the very moment in which both stand at the same record, so that nothing is missed or doubled.
 */
import { callsAcross } from '../../../../projections/calls.ts';
import { backwards } from '../../../history/backwards.ts';
import { LOG_START } from '../../../model/position.ts';
import type { Runtime } from '../../../model/runtime.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import type { CallPicture } from '../render-call.ts';
import { hears } from './audience.ts';
import { callRecordOf, type WaitingCall } from './call-events.ts';
import { Catalogue, type Emission, makesEvents } from './catalogue.ts';
import { textFrame } from './frame.ts';
import type { Session, Since } from './session.ts';

export interface Replaying {
  readonly session: Session;
  readonly since: Since;
  readonly runtime: Runtime;
  /** Position of the newest record that the others were told of. */
  readonly toldUpTo: () => number;
  /** Called once, when the session has all of that. */
  readonly join: () => void;
}

export function replay({ session, since, runtime, toldUpTo, join }: Replaying): void {
  const catalogue = new Catalogue();
  const begun = new Set<string>();
  let isDone = false;
  const finish = (): void => {
    isDone = true;
    following.stop();
  };
  const send = async (records: readonly LoggedTransition[]): Promise<void> => {
    for (const [index, record] of records.filter(makesEvents).entries()) {
      const { kind, tenant } = record.actor;
      if (kind === 'call' && !begun.has(tenant)) {
        begun.add(tenant);
        catalogue.begin(await waitingBefore(runtime, record));
      }
      if (isDone || !session.isOpen) return;
      const before = isRedirect(record) ? await callBefore(runtime, record) : undefined;
      sendEvents(session, since, catalogue.emissions(record, runtime.live, before));
      await session.caughtUp();
      if (index % RECORDS_AT_ONCE === 0) await turnOfOthers();
    }
  };
  const handOver = (last: LoggedTransition | undefined): void => {
    if (isDone) return;
    if (!session.isOpen) {
      finish();
      return;
    }
    if ((last?.position ?? since.position) < toldUpTo()) return;
    finish();
    join();
  };
  const following = runtime.follow({
    after: since.part === undefined ? since.position : Math.max(LOG_START, since.position - 1),
    // Records of every kind: the newest that the others were told of may be one that makes no event.
    deliver: async (records) => {
      await send(records);
      handOver(records.at(-1));
    },
  });
  following.ended.catch(() => session.goAway());
}

/** What others have to do is not held up by one who missed much. */
const RECORDS_AT_ONCE = 64;

function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sendEvents(session: Session, since: Since, emissions: readonly Emission[]): void {
  const { admitted } = session;
  for (const emission of emissions) {
    const isKnown = emission.sequence === since.position && emission.part <= (since.part ?? 0);
    if (!isKnown && admitted !== undefined && hears(admitted.audience, emission))
      session.write(textFrame(emission.text));
  }
}

function isRedirect({ actor, transition }: LoggedTransition): boolean {
  return actor.kind === 'call' && transition.data.event.type === 'redirect';
}

/** How many calls of a tenant are looked at for those that waited when a replay begins, beside the live ones. */
const CALLS_LOOKED_AT = 500;

/**
 * The calls of a tenant that waited before a record of one of its calls. What a call became since says so; one that came into
 * another queue since, or moved in that millisecond, is looked up.
 */
async function waitingBefore(
  runtime: Runtime,
  { actor: { tenant }, position, time }: LoggedTransition,
): Promise<readonly WaitingCall[]> {
  const waiting: WaitingCall[] = [];
  for (const today of callsAcross(runtime.live, { tenant, position, among: CALLS_LOOKED_AT })) {
    const { queue } = today.context;
    if (queue === null || (queue.leftAt ?? time) < time) continue;
    const isKnown = queue.enteredAt < time && queue.leftAt !== time;
    const { id, created: arrived } = today;
    const call = isKnown ? today : await callBefore(runtime, { actor: { tenant, kind: 'call', id }, position });
    if (call !== undefined && (isKnown || call.context.queue?.waiting === true)) waiting.push({ call, arrived });
  }
  return waiting;
}

/** The call at its previous record, which may lie before the stretch that is replayed. */
async function callBefore(
  runtime: Runtime,
  { actor, position }: Pick<LoggedTransition, 'actor' | 'position'>,
): Promise<CallPicture | undefined> {
  for await (const record of backwards(runtime, { of: actor, upTo: position - 1, after: runtime.reach }))
    return callRecordOf(record);
  return undefined;
}
