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
import { Hearing } from './hearing.ts';
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
  readonly #hearing: Hearing;
  readonly #coachings: Coachings;
  readonly #lanes = new Lanes();
  #named = 0;

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#hearing = new Hearing({ ari: options.ari, isInConversation: (one) => this.#isInConversation(one) });
    this.#coachings = new Coachings({ ...options, next: () => this.#next(), hearing: this.#hearing });
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
    await this.#hearing.hear(connection);
  }

  async mute({ tenant, leg }: LegRef, muted: boolean): Promise<void> {
    const connection = this.#options.connections.of({ tenant, leg });
    if (connection === undefined) return;
    if (muted) connection.muted.add(leg);
    else connection.muted.delete(leg);
    await this.#hearing.talksAs(connection, this.talking(connection));
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
    const { tenant, leg } = ref;
    const connection = this.#options.connections.of(ref);
    if (connection === undefined) return;
    const isHeardBy = (conversation: Conversation) => conversation.tenant === tenant && conversation.listeners.has(leg);
    const before = [...this.#conversations.values()].filter(isHeardBy);
    for (const { listeners } of before) listeners.delete(leg);
    const now = call === null || speaksTo !== null ? [] : [this.#conversation({ tenant, call })];
    for (const { listeners } of now) listeners.add(leg);
    await this.#coachings.end(connection);
    for (const conversation of new Set([...before, ...now])) await this.#settle(conversation);
    if (call !== null && speaksTo !== null) await this.#coachings.begin(connection, { tenant, leg: speaksTo });
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
    for (const conversation of [...this.#conversations.values()])
      if (this.#concerns(conversation, connection)) await this.#settle(conversation);
    await this.#coachings.cameUp(connection);
    await this.#hearing.cameUp(connection);
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

  /** What Asterisk does for a channel while it plays nothing to it. */
  quietly(connection: Connection, work: () => Promise<void>): Promise<void> {
    return this.#hearing.quietly(connection, work);
  }

  /** The leg is gone. */
  async left(connection: Connection, leg: string): Promise<void> {
    const { tenant } = connection;
    for (const conversation of [...this.#conversations.values()])
      if (conversation.tenant === tenant && conversation.listeners.delete(leg)) this.#forgetIfOver(conversation);
    if (connection.legs.size === 0) await this.#coachings.end(connection);
  }

  /** How things are is not known any more. What is there of ours that no live call asks for is taken away. */
  async findOut(calls: readonly CallName[], channels: readonly { readonly id: string }[]): Promise<void> {
    const { ari, names, connections } = this.#options;
    for (const connection of connections.all()) this.#hearing.forget(connection);
    const keys = new Set(calls.map(keyOf));
    for (const conversation of [...this.#conversations.values()]) {
      this.#forgetIfOver(conversation);
      // One that is none of these began since.
      if (!keys.has(keyOf(conversation))) continue;
      conversation.bridge = undefined;
      conversation.inside = new Map();
      conversation.recorded = undefined;
    }
    this.#coachings.forget();
    const bridges = ariBridges.parse(await ari.get('/bridges'));
    for (const { id } of channels) if (names.isCoaching(id)) await ari.delete(`/channels/${id}`);
    for (const { id } of bridges) {
      const call = names.callOf(id);
      const known = call && keys.has(keyOf(call)) ? this.#conversation(call) : undefined;
      if (known !== undefined) known.bridge ??= id;
      const isUsed = this.#coachings.uses(id) || [...this.#conversations.values()].some(({ bridge }) => bridge === id);
      if (!isUsed && (names.isCoaching(id) || call !== undefined)) await ari.delete(`/bridges/${id}`);
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
        if (connection !== undefined) await this.#hearing.hear(connection);
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
    if (talk.length < 2) {
      await this.#part(conversation);
      return;
    }
    const wanted = new Map([
      ...this.#up(tenant, listeners).map((one) => [one, 'listens'] as const),
      ...talk.map((one) => [one, 'talks'] as const),
    ]);
    conversation.bridge ??= names.bridge(conversation, this.#next());
    const path = `/bridges/${conversation.bridge}`;
    await ari.bridge(conversation.bridge, call);
    const there = ariBridge.safeParse(await ari.get(path)).data?.channels ?? [];
    const before = conversation.inside;
    const isAs = (channel: string, how: 'talks' | 'listens') => there.includes(channel) && before.get(channel) === how;
    const inside = new Map([...wanted].flatMap(([{ channel }, how]) => (isAs(channel, how) ? [[channel, how]] : [])));
    conversation.inside = inside;
    for (const [connection, how] of wanted) {
      const { channel } = connection;
      const leg = members.find((one) => connection.legs.has(one));
      if (leg !== undefined) await this.#hearing.talksAs(connection, leg);
      await this.#hearing.quietly(connection, async () => {
        if (inside.has(channel)) return;
        if (await ari.post(`${path}/addChannel`, { channel, mute: how === 'listens' })) inside.set(channel, how);
      });
    }
    for (const channel of there)
      if (!inside.has(channel) && connections.onChannel(channel) !== undefined)
        await ari.post(`${path}/removeChannel`, { channel });
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

  #isInConversation(connection: Connection): boolean {
    if (connection.state !== 'up') return false;
    const isInside = [...this.#conversations.values()].some(({ inside }) => inside.has(connection.channel));
    return isInside || this.#coachings.has(connection);
  }

  /** Never the same, over restarts either. */
  #next(): number {
    this.#named = Math.max(this.#named + 1, this.#options.clock.now());
    return this.#named;
  }
}

function keyOf({ tenant, call }: CallName): string {
  return `${tenant} ${call}`;
}
