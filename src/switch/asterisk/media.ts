/**
 * Who hears whom in an Asterisk: bridges of calls, music and ringing for who waits, supervisors, recordings. Each order says
 * how it ought to be; what differs is asked of Asterisk as soon as the channels are there that it takes.
 */
import type { Clock } from '../../model/clock.ts';
import { Lanes } from '../../model/turns.ts';
import type { Heard, LegRef } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import { ariBridge, ariBridges } from './ari-events.ts';
import { Coachings } from './coaching.ts';
import type { Connection, Connections } from './connections.ts';
import type { CallName, Names } from './names.ts';

export interface MediaOptions {
  readonly ari: AriCommands;
  readonly names: Names;
  readonly app: string;
  readonly connections: Connections;
  readonly clock: Clock;
}

type Recording = 'on' | 'paused' | 'off';

interface Conversation extends CallName {
  /** Legs that hear each other. */
  members: readonly string[];
  /** Legs that hear them. */
  readonly listeners: Set<string>;
  recording: Recording;
  /** Its recording is named after it. */
  bridge: string | undefined;
  /** Undefined when that is not known. */
  recorded: Recording | undefined;
  /** Channels that are in its bridge, and whether only to listen. */
  inside: ReadonlyMap<string, 'talks' | 'listens'>;
}

export class Media {
  readonly #options: MediaOptions;
  readonly #conversations = new Map<string, Conversation>();
  readonly #coachings: Coachings;
  readonly #lanes = new Lanes();
  #named = 0;

  constructor(options: MediaOptions) {
    this.#options = options;
    const silence = (connection: Connection) => this.#silence(connection);
    this.#coachings = new Coachings({ ...options, next: () => this.#next(), silence });
  }

  bridge(ref: CallName, legs: readonly string[]): Promise<void> {
    const conversation = this.#conversation(ref);
    conversation.members = legs;
    return this.#settle(conversation);
  }

  record(ref: CallName, recording: Recording): Promise<void> {
    const conversation = this.#conversation(ref);
    conversation.recording = recording;
    return this.#lanes.run(keyOf(ref), async () => {
      await this.#recordAsWanted(conversation);
      this.#forgetIfOver(conversation);
    });
  }

  async play({ tenant, leg }: LegRef, heard: Heard): Promise<void> {
    const connection = this.#options.connections.of({ tenant, leg });
    if (connection === undefined) return;
    connection.wanted.set(leg, heard);
    await this.#hear(connection);
  }

  async mute(connection: Connection, muted: boolean): Promise<void> {
    connection.muted = muted;
    if (connection.state !== 'up') return;
    const path = `/channels/${connection.channel}/mute`;
    if (muted) await this.#options.ari.post(path, { direction: 'in' });
    else await this.#options.ari.delete(path, { direction: 'in' });
  }

  /** To all who hear the leg. */
  async sendDtmf({ tenant, leg }: LegRef, dtmf: string): Promise<void> {
    const { connections, ari } = this.#options;
    for (const conversation of this.#conversations.values()) {
      if (conversation.tenant !== tenant || !conversation.members.includes(leg)) continue;
      for (const { channel } of this.#up(conversation.tenant, conversation.members))
        if (channel !== connections.of({ tenant, leg })?.channel) await ari.post(`/channels/${channel}/dtmf`, { dtmf });
    }
  }

  async monitor(ref: LegRef, call: string | null, speaksTo: string | null): Promise<void> {
    const connection = this.#options.connections.of(ref);
    if (connection === undefined) return;
    await this.#coachings.end(connection);
    for (const conversation of [...this.#conversations.values()]) {
      const isHere = conversation.tenant === ref.tenant && conversation.call === call && speaksTo === null;
      if (!isHere && conversation.listeners.delete(ref.leg)) await this.#settle(conversation);
    }
    if (call === null) return;
    if (speaksTo !== null) return this.#coachings.begin(connection, { tenant: ref.tenant, leg: speaksTo });
    const conversation = this.#conversation({ tenant: ref.tenant, call });
    conversation.listeners.add(ref.leg);
    await this.#settle(conversation);
  }

  /** The leg that talks on it now, of several that share it. */
  talking({ tenant, legs, leg }: Connection): string {
    const talks = (one: string) =>
      [...this.#conversations.values()].some(
        ({ tenant: of, members }) => of === tenant && members.length >= 2 && members.includes(one),
      );
    return [...legs].find(talks) ?? [...legs].at(-1) ?? leg;
  }

  /** It can be told what to do from now on. */
  async cameUp(connection: Connection): Promise<void> {
    if (connection.muted) await this.mute(connection, true);
    for (const conversation of [...this.#conversations.values()])
      if (this.#concerns(conversation, connection)) await this.#settle(conversation);
    await this.#coachings.cameUp(connection);
    await this.#hear(connection);
  }

  /** A channel of some coaching is there. */
  snooped(snoop: string): Promise<void> {
    return this.#coachings.snooped(snoop);
  }

  /** A recording has begun: what was ordered in the moment before may not have reached it. */
  async recordingBegan(name: string): Promise<void> {
    for (const conversation of [...this.#conversations.values()]) {
      if (conversation.bridge !== name || conversation.recording === 'on') continue;
      conversation.recorded = 'on';
      await this.#lanes.run(keyOf(conversation), () => this.#recordAsWanted(conversation));
    }
  }

  /** The leg is gone. */
  async left(connection: Connection, leg: string): Promise<void> {
    const { tenant } = connection;
    for (const conversation of [...this.#conversations.values()])
      if (conversation.tenant === tenant && conversation.listeners.delete(leg)) this.#forgetIfOver(conversation);
    if (connection.legs.size === 0) await this.#coachings.end(connection);
  }

  /** How things are is not known any more. What is there of ours that no live call asks for is taken away. */
  async findOut(calls: readonly CallName[]): Promise<void> {
    const { ari, names, connections } = this.#options;
    for (const connection of connections.all()) connection.hears = undefined;
    for (const conversation of this.#conversations.values()) {
      conversation.bridge = undefined;
      conversation.inside = new Map();
      conversation.recorded = undefined;
    }
    this.#coachings.forget();
    const keys = new Set(calls.map(keyOf));
    for (const { id } of ariBridges.parse(await ari.get('/bridges'))) {
      const call = names.callOf(id);
      const known = call && keys.has(keyOf(call)) ? this.#conversation(call) : undefined;
      if (known !== undefined && known.bridge === undefined) known.bridge = id;
      else if (names.isCoaching(id) || call !== undefined) await ari.delete(`/bridges/${id}`);
    }
  }

  #conversation(ref: CallName): Conversation {
    const key = keyOf(ref);
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const begun: Conversation = {
      ...ref,
      members: [],
      listeners: new Set(),
      recording: 'off',
      bridge: undefined,
      recorded: undefined,
      inside: new Map(),
    };
    this.#conversations.set(key, begun);
    return begun;
  }

  #concerns({ tenant, members, listeners }: Conversation, connection: Connection): boolean {
    return (
      tenant === connection.tenant && [...connection.legs].some((leg) => members.includes(leg) || listeners.has(leg))
    );
  }

  #up(tenant: string, legs: Iterable<string>): readonly Connection[] {
    const found = [...legs].map((leg) => this.#options.connections.of({ tenant, leg }));
    return [...new Set(found)].filter((one) => one !== undefined).filter(({ state }) => state === 'up');
  }

  #settle(conversation: Conversation): Promise<void> {
    return this.#lanes.run(keyOf(conversation), async () => {
      const before = conversation.inside;
      if (conversation.members.length < 2) await this.#part(conversation);
      else await this.#join(conversation);
      await this.#recordAsWanted(conversation);
      const left = [...before.keys()].filter((channel) => !conversation.inside.has(channel));
      for (const channel of left) {
        const connection = this.#options.connections.onChannel(channel);
        if (connection !== undefined) await this.#hear(connection);
      }
      this.#forgetIfOver(conversation);
    });
  }

  async #part(conversation: Conversation): Promise<void> {
    const { bridge } = conversation;
    conversation.bridge = undefined;
    conversation.inside = new Map();
    conversation.recorded = 'off';
    if (bridge !== undefined) await this.#options.ari.delete(`/bridges/${bridge}`);
  }

  async #join(conversation: Conversation): Promise<void> {
    const { ari, names, connections } = this.#options;
    const { tenant, call, members, listeners } = conversation;
    const talk = this.#up(tenant, members);
    if (talk.length < 2) return;
    const wanted = new Map([
      ...this.#up(tenant, listeners).map((one) => [one, 'listens'] as const),
      ...talk.map((one) => [one, 'talks'] as const),
    ]);
    conversation.bridge ??= names.bridge(conversation, this.#next());
    const path = `/bridges/${conversation.bridge}`;
    await ari.bridge(conversation.bridge, call);
    const there = ariBridge.safeParse(await ari.get(path)).data?.channels ?? [];
    const inside = new Map<string, 'talks' | 'listens'>();
    for (const [connection, how] of wanted) {
      const { channel } = connection;
      await this.#silence(connection);
      const isThere = there.includes(channel) && conversation.inside.get(channel) === how;
      if (isThere || (await ari.post(`${path}/addChannel`, { channel, mute: how === 'listens' })))
        inside.set(channel, how);
    }
    for (const channel of there)
      if (!inside.has(channel) && connections.onChannel(channel) !== undefined)
        await ari.post(`${path}/removeChannel`, { channel });
    conversation.inside = inside;
  }

  /** Who is suppressed before anything was recorded is not recorded at all: no pause comes early enough. */
  async #recordAsWanted(conversation: Conversation): Promise<void> {
    const { ari } = this.#options;
    const { recording, recorded, bridge, inside } = conversation;
    if (recording === recorded || bridge === undefined || (recording === 'on' && inside.size < 2)) return;
    const live = `/recordings/live/${bridge}`;
    if (recording === 'off') await ari.post(`${live}/stop`);
    if (recording === 'paused') await ari.post(`${live}/pause`);
    if (recording === 'on') {
      await ari.post(`/bridges/${bridge}/record`, { name: bridge, format: 'wav', ifExists: 'append' });
      await ari.delete(`${live}/pause`);
    }
    conversation.recorded = recording;
  }

  #forgetIfOver(conversation: Conversation): void {
    const { members, listeners, recording } = conversation;
    if (members.length < 2 && listeners.size === 0 && recording === 'off')
      this.#conversations.delete(keyOf(conversation));
  }

  /** Lets it hear what its legs are to hear, unless it is in a conversation. */
  #hear(connection: Connection): Promise<void> {
    return this.#lanes.run(connection.channel, async () => {
      await this.#change(connection, this.#isInConversation(connection) ? 'nothing' : toHear(connection));
    });
  }

  #silence(connection: Connection): Promise<void> {
    return this.#lanes.run(connection.channel, () => this.#change(connection, 'nothing'));
  }

  #isInConversation(connection: Connection): boolean {
    if (connection.state !== 'up') return false;
    const isInside = [...this.#conversations.values()].some(({ inside }) => inside.has(connection.channel));
    return isInside || this.#coachings.has(connection);
  }

  async #change(connection: Connection, heard: Heard): Promise<void> {
    const { channel, hears } = connection;
    if (heard === hears) return;
    for (const old of hears === undefined ? (['music', 'ringing'] as const) : [hears])
      await this.#stop(connection, old);
    if (heard === 'music') await this.#options.ari.post(`/channels/${channel}/moh`);
    if (heard === 'ringing') await this.#ring(connection);
    connection.hears = heard;
  }

  async #stop({ channel, state }: Connection, heard: Heard): Promise<void> {
    const { ari } = this.#options;
    if (state !== 'up') return;
    if (heard === 'music') await ari.delete(`/channels/${channel}/moh`);
    if (heard === 'ringing') await ari.delete(`/playbacks/${channel}`);
  }

  /** By a signal, so that the phone rings by its own tone; who is through already hears one of ours. */
  async #ring({ channel, state }: Connection): Promise<void> {
    const { ari } = this.#options;
    if (state === 'up') await ari.post(`/channels/${channel}/play/${channel}`, { media: 'tone:ring' });
    else await ari.post(`/channels/${channel}/ring`);
  }

  /** Never the same, over restarts either. */
  #next(): number {
    this.#named = Math.max(this.#named + 1, this.#options.clock.now());
    return this.#named;
  }
}

/** As far as it can hear anything yet: who calls us and is not answered, only that it rings. */
function toHear({ legs, wanted, state, incoming }: Connection): Heard {
  const heard = [...legs].map((leg) => wanted.get(leg) ?? 'nothing').find((one) => one !== 'nothing') ?? 'nothing';
  if (state === 'up') return heard;
  return incoming !== undefined && heard === 'ringing' ? 'ringing' : 'nothing';
}

function keyOf({ tenant, call }: CallName): string {
  return `${tenant} ${call}`;
}
