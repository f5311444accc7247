/**
 * Supervisors whom one leg alone hears: each is brought together with a snoop channel of Asterisk, which hears what that leg says
 * and hears, and speaks to it. A coaching that cannot begin yet does so when both channels are there.
 */
import { Lanes } from '../../model/turns.ts';
import type { LegRef } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import type { Connection, Connections } from './connections.ts';
import type { Hearing } from './hearing.ts';
import type { Names } from './names.ts';

export interface CoachingsOptions {
  readonly ari: AriCommands;
  readonly names: Names;
  readonly app: string;
  readonly connections: Connections;
  /** A number that no bridge and no snoop channel had before. */
  readonly next: () => number;
  readonly hearing: Hearing;
}

interface Coaching {
  readonly to: LegRef;
  readonly bridge: string;
  readonly snoop: string;
}

export class Coachings {
  readonly #options: CoachingsOptions;
  /** By the supervisor's connection. */
  readonly #coachings = new Map<Connection, Coaching>();
  /** By the supervisor's channel. */
  readonly #lanes = new Lanes();

  constructor(options: CoachingsOptions) {
    this.#options = options;
  }

  /** True for a supervisor who coaches. */
  has(supervisor: Connection): boolean {
    return this.#coachings.has(supervisor);
  }

  /** True for the bridge of one. */
  uses(id: string): boolean {
    return [...this.#coachings.values()].some(({ bridge }) => bridge === id);
  }

  begin(supervisor: Connection, to: LegRef): Promise<void> {
    const { ari, app, names, connections, next } = this.#options;
    return this.#lanes.run(supervisor.channel, async () => {
      await this.#end(supervisor);
      // He may have hung up meanwhile.
      if (supervisor.legs.size === 0) return;
      const coaching: Coaching = { to, ...names.coaching(supervisor, next()) };
      this.#coachings.set(supervisor, coaching);
      const coached = connections.of(to);
      if (supervisor.state !== 'up' || coached?.state !== 'up') return;
      await ari.post(`/channels/${coached.channel}/snoop/${coaching.snoop}`, { app, spy: 'both', whisper: 'out' });
    });
  }

  end(supervisor: Connection): Promise<void> {
    return this.#lanes.run(supervisor.channel, () => this.#end(supervisor));
  }

  async #end(supervisor: Connection): Promise<void> {
    const { ari } = this.#options;
    const coaching = this.#coachings.get(supervisor);
    if (coaching === undefined) return;
    this.#coachings.delete(supervisor);
    await ari.delete(`/channels/${coaching.snoop}`);
    await ari.delete(`/bridges/${coaching.bridge}`);
  }

  /** One of the two is there now. */
  async cameUp(connection: Connection): Promise<void> {
    for (const [supervisor, { to }] of [...this.#coachings])
      if (supervisor === connection || connection.legs.has(to.leg)) await this.begin(supervisor, to);
  }

  /** What speaks between the two is there: it is brought together with the supervisor. */
  async snooped(snoop: string): Promise<void> {
    const { ari, hearing } = this.#options;
    for (const [supervisor, coaching] of [...this.#coachings]) {
      if (coaching.snoop !== snoop) continue;
      await hearing.quietly(supervisor, async () => {
        if (this.#coachings.get(supervisor) !== coaching) return;
        await ari.bridge(coaching.bridge);
        await ari.post(`/bridges/${coaching.bridge}/addChannel`, { channel: `${supervisor.channel},${snoop}` });
      });
    }
  }

  /** Nothing is known of any any more. */
  forget(): void {
    this.#coachings.clear();
  }
}
