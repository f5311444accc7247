/** A host of wallets over a log in memory, which fails as it is told, and what may be asked of a wallet. */
import { sealKind } from '../../machines/seal/machine.ts';
import { Host, type HostOptions } from '../../src/actors/host.ts';
import { decode } from '../../src/log/codec.ts';
import { type AppendFault, MemoryLog } from '../../src/log/memory-log.ts';
import type { Command, MachineEvent, Outcome } from '../../src/model/command.ts';
import { chainsOf } from '../support/log-chains.ts';
import { toyKinds } from '../support/toy-kinds.ts';

/** Time that passes while nothing waits: a turn of the event loop for each ms. */
async function turnsOfTheLoop(ms: number): Promise<void> {
  for (let turn = 0; turn < ms; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function givenHost(faults: (AppendFault | undefined)[] = [], overrides: Partial<HostOptions> = {}) {
  let now = 1_000;
  let minted = 0;
  const log = new MemoryLog({ id: 'test', now: () => now, fault: () => faults.shift() });
  const options: HostOptions = {
    log,
    kinds: new Map([...toyKinds, [sealKind.name, sealKind]]),
    clock: { now: () => now, at: () => () => undefined },
    chains: chainsOf(log),
    past: { receiptOf: () => undefined },
    mintId: () => `id-${++minted}`,
    pause: turnsOfTheLoop,
    cachedActorsMax: 100,
    waitingCommandsMax: 1_000,
    batchBytesMax: 1_000_000,
    settleRetryMs: 1,
    doubtMsMax: 20,
    ...overrides,
  };
  const host = new Host(options);
  let sent = 0;
  const send = (id: string, event: MachineEvent, command: Partial<Command> = {}): Promise<Outcome> =>
    host.submit({
      id: `c${++sent}`,
      tenant: 't',
      by: 'user:test',
      via: 'test',
      deliveries: [{ to: { tenant: 't', kind: 'wallet', id }, event }],
      ...command,
    });
  const history = () =>
    log.records.map((stored) => {
      const decoded = decode(stored);
      return decoded.kind === 'record'
        ? `${decoded.record.actor.id}@${decoded.record.transition.data.version} ${decoded.record.transition.data.event.type}`
        : 'junk';
    });
  const coins = (id: string) => {
    const stored = log.records.filter(({ subject }) => subject === `evt.t.wallet.${id}`).at(-1);
    const decoded = stored === undefined ? undefined : decode(stored);
    return decoded?.kind === 'record' ? decoded.record.transition.data.state.context.coins : undefined;
  };
  return { log, host, send, history, coins, options, tick: (ms: number) => (now += ms) };
}

/** Of what was stored of an actor, in order. */
export function amounts(log: MemoryLog, id: string): unknown[] {
  return log.records
    .filter(({ subject }) => subject === `evt.t.wallet.${id}`)
    .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()).data.event.amount);
}

export const open = { type: 'open' };
export const put = (amount: number) => ({ type: 'put', amount });
export const pay = (amount: number, to: string) => ({ type: 'pay', amount, to });
