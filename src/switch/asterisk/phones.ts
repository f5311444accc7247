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
  /** Lines told of while all of them are being asked for: the answer may be older. */
  readonly #newer = new Set<string>();

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  /** All of them, after a time in which nothing was told. */
  async find(): Promise<void> {
    this.#newer.clear();
    const endpoints = ariEndpoints.parse(await this.#options.ari.get('/endpoints'));
    for (const endpoint of endpoints) {
      const line = this.#lineOf(endpoint);
      if (line !== undefined && !this.#newer.has(line)) this.#is(line, endpoint);
    }
  }

  changed(endpoint: AriEndpoint): void {
    const line = this.#lineOf(endpoint);
    if (line === undefined) return;
    this.#newer.add(line);
    this.#is(line, endpoint);
  }

  /** A call did not reach it. Whoever sits there came after it was told that its telephone is gone, so it is told again. */
  missed(line: string): void {
    const { tenant, report } = this.#options;
    if (this.#reachable.get(line) === false) report({ kind: 'line', tenant, line, reachable: false });
  }

  #lineOf({ technology, resource }: AriEndpoint): string | undefined {
    return this.#options.lines.numberOf(`${technology}/${resource}`);
  }

  #is(line: string, { state }: AriEndpoint): void {
    const { tenant, report } = this.#options;
    const reachable = state === 'online';
    if ((state !== 'offline' && !reachable) || this.#reachable.get(line) === reachable) return;
    this.#reachable.set(line, reachable);
    report({ kind: 'line', tenant, line, reachable });
  }
}
