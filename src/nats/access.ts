/**
 * Who may sign in to the NATS server: Ledgerline by a key of this installation, each consumer outside by its own, and, on
 * the embedded server of the demo until there is such a consumer or a WebSocket, everybody on this machine. Keeps the
 * list and the key beside the server's data; of consumers' keys it has the public half only.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { nkeys } from 'nats';
import { unless } from '../errors.ts';
import type { SharedValue } from '../log/shared-values.ts';
import { readWhole, writeWhole } from '../log/whole-file.ts';
import { type AccountGrant, accountsTextOf, LEDGER_ACCOUNT, serverConfOf, type WebSocketListener } from './accounts.ts';

export interface NatsGrant extends AccountGrant {
  /** ms since 1970. */
  readonly createdAt: number;
}

export interface AccessOptions {
  readonly folder: string;
  /** The repository's nats.conf. */
  readonly confPath: string;
  readonly webSocket?: WebSocketListener;
  /** The demo's data may be read, and written, by everybody on this machine. */
  readonly isDemo: boolean;
}

const GRANTS = 'consumers.json';
const KEY = 'ledger.nk';
const CONF = 'server.conf';

export class NatsAccess {
  /** Ledgerline's own key: for its connections, and for an operator with access to this folder. */
  readonly seed: string;
  readonly #options: AccessOptions;
  readonly #openPassword = randomBytes(24).toString('base64url');
  #grants: readonly NatsGrant[];
  /** Whether no name is needed: a server that runs takes the end of it from its configuration, its beginning only when it starts. */
  #isOpen: boolean;
  #applied: () => Promise<void> = async () => undefined;
  #shared: SharedValue | undefined;

  /** Reads what an earlier run kept. The folder must be this process's alone. */
  static async open(options: AccessOptions): Promise<NatsAccess> {
    await mkdir(options.folder, { recursive: true });
    const keyFile = join(options.folder, KEY);
    // One that was cut short while it was made has let nobody in yet.
    const seed = (await readWhole(keyFile))?.trim() || (await firstSeed(keyFile));
    await adoptGlobalAccount(options.folder);
    return new NatsAccess(options, seed, await grantsIn(options.folder));
  }

  private constructor(options: AccessOptions, seed: string, grants: readonly NatsGrant[]) {
    this.#options = options;
    this.seed = seed;
    this.#grants = grants;
    this.#isOpen = options.isDemo && grants.length === 0 && options.webSocket === undefined;
  }

  get grants(): readonly NatsGrant[] {
    return this.#grants;
  }

  /** What makes a running server take what `writeConf` wrote. */
  onChange(apply: () => Promise<void>): void {
    this.#applied = apply;
  }

  /**
   * From now on the list is kept where servers that take over from one another find it, too; what is there counts more than
   * what this folder kept. For whoever takes commands, before there is any change. Throws `unavailable`.
   */
  async share(shared: SharedValue): Promise<void> {
    const text = await shared.read();
    this.#shared = shared;
    if (text === undefined) return this.#keep(this.#grants);
    this.#grants = JSON.parse(text) as readonly NatsGrant[];
    await this.#keep(this.#grants);
  }

  mintKey(): { readonly publicKey: string; readonly seed: string } {
    const pair = nkeys.createUser();
    return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
  }

  grant(grant: NatsGrant): Promise<void> {
    return this.#change([...this.#grants, grant]);
  }

  revoke({ tenant, name }: NatsGrant): Promise<void> {
    return this.#change(this.#grants.filter((one) => one.tenant !== tenant || one.name !== name));
  }

  accountsOf(grant: NatsGrant): string {
    return accountsTextOf(grant);
  }

  /** Writes the configuration that the server is started with; its path. */
  async writeConf(): Promise<string> {
    const { folder, confPath, webSocket } = this.#options;
    const text = serverConfOf({
      base: relative(folder, confPath),
      ledgerKey: nkeys.fromSeed(new TextEncoder().encode(this.seed)).getPublicKey(),
      grants: this.#grants,
      ...(this.#isOpen ? { openPassword: this.#openPassword } : {}),
      ...(webSocket === undefined ? {} : { webSocket }),
    });
    const file = join(folder, CONF);
    await writeWhole(file, text);
    return file;
  }

  /** A list that could not be put into effect is taken back. */
  async #change(grants: readonly NatsGrant[]): Promise<void> {
    const [before, wasOpen] = [this.#grants, this.#isOpen];
    this.#grants = grants;
    this.#isOpen &&= grants.length === 0;
    try {
      await this.writeConf();
      await this.#applied();
    } catch (error) {
      this.#grants = before;
      this.#isOpen = wasOpen;
      await this.writeConf();
      throw error;
    }
    await this.#keep(grants);
  }

  async #keep(grants: readonly NatsGrant[]): Promise<void> {
    const text = JSON.stringify(grants, null, 2);
    await this.#shared?.write(text);
    await writeWhole(join(this.#options.folder, GRANTS), text);
  }
}

/** As a server that may be running keeps them there. */
export async function grantsIn(folder: string): Promise<readonly NatsGrant[]> {
  const grants = await readWhole(join(folder, GRANTS));
  return grants === undefined ? [] : (JSON.parse(grants) as readonly NatsGrant[]);
}

async function firstSeed(file: string): Promise<string> {
  const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  await writeWhole(file, seed);
  return seed;
}

/** Without accounts the server keeps everything under `$G`: a log from then is the ledger's. */
async function adoptGlobalAccount(folder: string): Promise<void> {
  const [from, to] = [join(folder, 'jetstream', '$G'), join(folder, 'jetstream', LEDGER_ACCOUNT)];
  if ((await stat(to).catch(unless('ENOENT'))) === undefined) await rename(from, to).catch(unless('ENOENT'));
}
