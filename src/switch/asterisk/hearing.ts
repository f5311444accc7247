/**
 * What one telephone of an Asterisk hears by itself, music or ringing, and whether it is heard. Who talks with whom is none of its
 * business: whoever is in a conversation hears nothing else.
 */
import { Lanes } from '../../model/turns.ts';
import type { Heard } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import type { Connection } from './connections.ts';

export interface HearingOptions {
  readonly ari: AriCommands;
  readonly isInConversation: (connection: Connection) => boolean;
}

export class Hearing {
  readonly #options: HearingOptions;
  /** By channel. */
  readonly #lanes = new Lanes();

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  /** Lets it hear what its legs are to hear, unless it is in a conversation. */
  hear(connection: Connection): Promise<void> {
    return this.#lanes.run(connection.channel, async () => {
      const talks = this.#options.isInConversation(connection);
      await this.#change(connection, talks ? 'nothing' : toHear(connection));
    });
  }

  /**
   * Work on a channel that hears nothing meanwhile. While Asterisk plays a tone to a channel it does nothing else for it, and
   * answers no request behind one that waits for that.
   */
  quietly<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
    return this.#lanes.run(connection.channel, async () => {
      await this.#change(connection, 'nothing');
      return work();
    });
  }

  /** It talks as this leg: whether it is heard is that leg's. */
  talksAs(connection: Connection, leg: string): Promise<void> {
    return this.#lanes.run(connection.channel, async () => {
      const isMuted = connection.muted.has(leg);
      if (connection.state !== 'up' || connection.isMuted === isMuted) return;
      const path = `/channels/${connection.channel}/mute`;
      if (isMuted) await this.#options.ari.post(path, { direction: 'in' });
      else await this.#options.ari.delete(path, { direction: 'in' });
      connection.isMuted = isMuted;
    });
  }

  /** It can be told what to do from now on. Who was signalled that it rings hears nothing by that any more. */
  async cameUp(connection: Connection): Promise<void> {
    if (connection.hears === 'ringing') connection.hears = 'nothing';
    await this.hear(connection);
  }

  /** How it is is not known any more. */
  forget(connection: Connection): void {
    connection.hears = undefined;
    connection.isMuted = undefined;
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
}

/** As far as it can hear anything yet: who calls us and is not answered, only that it rings. */
function toHear({ legs, wanted, state, incoming }: Connection): Heard {
  const heard = [...legs].map((leg) => wanted.get(leg) ?? 'nothing').find((one) => one !== 'nothing') ?? 'nothing';
  if (state === 'up') return heard;
  return incoming !== undefined && heard === 'ringing' ? 'ringing' : 'nothing';
}
