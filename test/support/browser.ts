/** A headless Chromium driven over its own protocol: opens a page, evaluates expressions in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

export const CHROMIUM = '/usr/bin/chromium';
/** Why the tests in a browser cannot run here; undefined when they can. */
export const NO_BROWSER = existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}`;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1280,800',
  '--remote-debugging-port=0',
];
const START_MS = 60_000;

export interface Tab {
  /** Value of an expression in the page, awaited there. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until the expression is true. */
  until(expression: string): Promise<void>;
  /** Closes the page, and with it its connections: a browser has six to one server. */
  close(): Promise<void>;
  /** What the page complained about on its console. */
  readonly complaints: readonly string[];
}

export interface Browser {
  open(url: string): Promise<Tab>;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-browser-'));
  const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const link = await Link.open(await addressOf(child));
  return {
    async open(url) {
      const { targetId } = await link.send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await link.send('Target.attachToTarget', { targetId, flatten: true });
      const complaints: string[] = [];
      link.onEvent((method, params) => {
        if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown')
          complaints.push(JSON.stringify(params));
      });
      for (const domain of ['Runtime', 'Log', 'Page']) await link.send(`${domain}.enable`, {}, sessionId);
      await link.send('Page.navigate', { url }, sessionId);
      const evaluate = async (expression: string): Promise<unknown> => {
        const asked = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await link.send('Runtime.evaluate', asked, sessionId);
        if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
        return result.value;
      };
      const until = async (expression: string): Promise<void> => {
        await eventually(expression, async () => ((await evaluate(expression)) === true ? true : undefined));
      };
      // A page may add to its address as soon as it is there.
      await until(`document.readyState === 'complete' && location.href.startsWith(${JSON.stringify(url)})`);
      const close = async () => void (await link.send('Target.closeTarget', { targetId }));
      return { evaluate, until, close, complaints };
    },
    async close() {
      await link.send('Browser.close', {}).catch(() => child.kill());
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  return eventually('the browser to listen', () => /DevTools listening on (ws:\S+)/.exec(said)?.[1], START_MS);
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's own objects
type Params = Record<string, any>;

class Link {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>();
  readonly #listeners: ((method: string, params: Params) => void)[] = [];
  #sent = 0;

  static async open(url: string): Promise<Link> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Link(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse(String(data))));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser is gone'));
    });
  }

  onEvent(listener: (method: string, params: Params) => void): void {
    this.#listeners.push(listener);
  }

  send(method: string, params: Params, sessionId?: string): Promise<Params> {
    const id = ++this.#sent;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  #take({ id, method, params, result, error }: Params): void {
    if (id === undefined) {
      for (const listener of this.#listeners) listener(method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(JSON.stringify(error)));
  }
}
