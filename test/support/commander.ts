/**
 * Clients that keep changing agents, or what else they are told to, through the native API while the server is being
 * killed, and remember what they were promised. A command without an answer is repeated under the same id until somebody says yes or no.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './eventually.ts';

export interface Commanders {
  /** Command ids that were acknowledged, with the actor they moved. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Resolves when so many more were acknowledged: there is load, and it comes through. */
  more(count: number): Promise<void>;
  /** Lets every client finish the command it is at. */
  stop(): Promise<void>;
}

export interface CommandersOptions {
  /** Base address of the server as it is now; asked before every request. */
  readonly url: () => string;
  readonly tenant: string;
  readonly agents: readonly string[];
  readonly clients: number;
  /** What a client does in its turn instead of changing an agent. */
  readonly request?: (client: number, turn: number) => CommanderRequest;
}

export interface CommanderRequest {
  readonly path: string;
  readonly body: string;
  /** What it moves. */
  readonly actor: string;
}

/** A command of 65 records: a queue and its numbers. Several of them make a batch that takes long to write. */
export function aQueue(client: number, turn: number): CommanderRequest {
  const name = `queue-${client}-${turn}`;
  const alternateExtensions = Array.from({ length: 64 }, (_, index) => `9${client}${turn}00${index}`);
  return {
    path: '/v1/tenants/genesys/outbound-queues',
    body: JSON.stringify({ name, alternateExtensions }),
    actor: name,
  };
}

const RETRY_MS = 20;
/** Nothing was decided: the request did not arrive, or nobody could answer it. */
const UNDECIDED = new Set<number | undefined>([undefined, 408, 503]);
const ANSWER_MS_MAX = 30_000;

export function startCommanders({ url, tenant, agents, clients, request }: CommandersOptions): Commanders {
  const acknowledged = new Map<string, string>();
  let stopping = false;

  async function client(number: number): Promise<void> {
    for (let turn = 0; !stopping; turn += 1) {
      const id = `client-${number}-${turn}`;
      const asked = (request ?? changeOfAgent)(number, turn);
      await untilAnswered(asked, id);
      acknowledged.set(id, asked.actor);
    }
  }

  function changeOfAgent(number: number, turn: number): CommanderRequest {
    const actor = agents[(number + turn) % agents.length] ?? '';
    const command = turn % 2 === 0 ? 'setAway' : 'setReady';
    return { path: `/v1/tenants/${tenant}/agents/${actor}/${command}`, body: '{"signIn":true}', actor };
  }

  async function untilAnswered(asked: CommanderRequest, id: string): Promise<void> {
    for (;;) {
      const status = await once(asked, id);
      if (status === 200 || status === 201) return;
      if (!UNDECIDED.has(status)) throw new Error(`${asked.path} ${id}: answered ${status}`);
      await delay(RETRY_MS);
    }
  }

  /** The status; undefined when the connection broke. */
  async function once({ path, body }: CommanderRequest, id: string): Promise<number | undefined> {
    try {
      const answer = await fetch(url() + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': id },
        body,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }

  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  running.catch(() => undefined);
  return {
    acknowledged,
    more: async (count) => {
      const enough = acknowledged.size + count;
      await eventually(`${enough} acknowledgements`, () => (acknowledged.size >= enough ? true : undefined));
    },
    stop: async () => {
      stopping = true;
      await running;
    },
  };
}
