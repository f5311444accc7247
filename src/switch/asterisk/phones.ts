/** Which telephones an Asterisk can reach, told when that changes. Knows nothing of calls. */
import type { SwitchEvent } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import { type AriEndpoint, ariEndpoints } from './ari-events.ts';
import type { Endpoints } from './names.ts';

export interface PhonesOptions {
  readonly ari: AriCommands;
  readonly tenant: string;
  readonly lines: Endpoints;
  readonly report: (event: SwitchEvent) => void;
}

export class Phones {
  readonly #options: PhonesOptions;
  /** By line, as told last. */
  readonly #reachable = new Map<string, boolean>();

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  /** All of them, after a time in which nothing was told. */
  async find(): Promise<void> {
    for (const endpoint of ariEndpoints.parse(await this.#options.ari.get('/endpoints'))) this.changed(endpoint);
  }

  changed({ technology, resource, state }: AriEndpoint): void {
    const { tenant, lines, report } = this.#options;
    const line = lines.numberOf(`${technology}/${resource}`);
    const reachable = state === 'online';
    if (line === undefined || (state !== 'offline' && !reachable) || this.#reachable.get(line) === reachable) return;
    this.#reachable.set(line, reachable);
    report({ kind: 'line', tenant, line, reachable });
  }
}
