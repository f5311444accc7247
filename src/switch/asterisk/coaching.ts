/**
 * Supervisors whom one leg alone hears: each is brought together with a snoop channel of Asterisk, which hears what that leg says
 * and hears, and speaks to it. A coaching that cannot begin yet does so when both channels are there.
 */
import type { LegRef } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import type { Connection, Connections } from './connections.ts';
import type { Names } from './names.ts';

export interface CoachingsOptions {
  readonly ari: AriCommands;
  readonly names: Names;
  readonly app: string;
  readonly connections: Connections;
  /** A number that no bridge and no snoop channel had before. */
  readonly next: () => number;
  /** Who is to be brought into a bridge hears nothing else. */
  readonly silence: (connection: Connection) => Promise<void>;
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

  constructor(options: CoachingsOptions) {
    this.#options = options;
  }

  /** True for a supervisor who coaches. */
  has(supervisor: Connection): boolean {
    return this.#coachings.has(supervisor);
  }

  async begin(supervisor: Connection, to: LegRef): Promise<void> {
    const { ari, app, names, connections, next } = this.#options;
    await this.end(supervisor);
    const coaching: Coaching = { to, ...names.coaching(supervisor, next()) };
    this.#coachings.set(supervisor, coaching);
    const coached = connections.of(to);
    if (supervisor.state !== 'up' || coached?.state !== 'up') return;
    await ari.post(`/channels/${coached.channel}/snoop/${coaching.snoop}`, { app, spy: 'both', whisper: 'out' });
  }

  async end(supervisor: Connection): Promise<void> {
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
    const { ari, silence } = this.#options;
    for (const [supervisor, coaching] of [...this.#coachings]) {
      if (coaching.snoop !== snoop) continue;
      await silence(supervisor);
      await ari.bridge(coaching.bridge);
      await ari.post(`/bridges/${coaching.bridge}/addChannel`, { channel: `${supervisor.channel},${snoop}` });
    }
  }

  /** Nothing is known of any any more. */
  forget(): void {
    this.#coachings.clear();
  }
}
