/** What the channel of an Asterisk tells of itself: how it stands, who calls on it, what was shown on the phone it rings. Pure. */
import type { DialOrder, IncomingCall } from '../switch.ts';
import type { AriChannel } from './ari-events.ts';
import { type Endpoints, endpointOf } from './names.ts';

/** How long a phone rings that is dialled again after a restart. */
const RING_MS = 20_000;

export function stateOf({ state }: AriChannel): 'dialing' | 'ringing' | 'up' {
  if (state === 'Up') return 'up';
  return state === 'Ringing' ? 'ringing' : 'dialing';
}

/** What the dialplan gave with a channel to our application; undefined for a channel that is not in it by the dialplan. */
export function argumentsOf({ dialplan }: AriChannel, app: string): readonly string[] | undefined {
  const [name, ...args] = dialplan.app_name === 'Stasis' ? (dialplan.app_data ?? '').split(',') : [];
  return name === app ? args : undefined;
}

/**
 * Who calls is one of our lines when his channel is, whatever number he shows.
 * @param args the number dialled, and what was dialled after it; undefined comes back where there is no number
 */
export function incomingOn(
  { id, name, caller }: AriChannel,
  args: readonly string[],
  { tenant, lines }: { readonly tenant: string; readonly lines: Endpoints },
): IncomingCall | undefined {
  const [to = '', code = ''] = args;
  if (to === '') return undefined;
  const line = lines.numberOf(endpointOf(name));
  return {
    tenant,
    leg: id,
    from: line ?? caller.number,
    ...(caller.name === '' ? {} : { fromName: caller.name }),
    ...(line === undefined ? {} : { line }),
    to,
    ...(code === '' ? {} : { code }),
  };
}

/** For the case that its phone is dialled again. */
export function shownOn({ caller }: AriChannel): Pick<DialOrder, 'callerNumber' | 'callerName' | 'ringMs' | 'offHook'> {
  return { callerNumber: caller.number, callerName: caller.name, ringMs: RING_MS, offHook: false };
}

export function callerIdOf({ callerName = '', callerNumber }: DialOrder): string {
  return `"${callerName.replace(/["\\]/g, '')}" <${callerNumber}>`;
}
