/**
 * What a command sees of the world it was started in: where its words go, what was set around it, how wide a line may be.
 * Results go to `out`, everything else to `err`, so that a pipe gets results only.
 */
import type { ProgressBar } from '../progress-bar.ts';
import { textIn } from './text-in.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Writes one line of the result. */
  out(line: string): void;
  /** Writes one line about the result. */
  err(line: string): void;
  /** Writes as it is, to the stream of results. */
  raw(text: string): void;
  /** Everything on standard input. */
  input(): Promise<string>;
  /** Characters per line; undefined where nobody reads lines. */
  readonly columns: number | undefined;
  /** Whether `out` shows colours (a terminal, and no NO_COLOR). */
  readonly colours: boolean;
  /** From now on Ctrl-C does not end the program, but aborts this, for who has something to put in order; a later one does. */
  interrupted(): AbortSignal;
  /** A bar on a terminal, nothing elsewhere. */
  progress(what: string): ProgressBar;
}

/** How its user calls this program: in a clone it is on nobody's path, and npx finds it. */
export function programName({ env }: Pick<Terminal, 'env'>): string {
  return env.npm_command === 'exec' ? 'npx ledgerline' : 'ledgerline';
}

/** Signals that come together are one. */
const REPEATED_MS = 500;
/** As shells have it: ended by SIGINT. */
const BROKEN_OFF = 130;

/** A terminal as a process has it. */
export function processTerminal(process: NodeJS.Process, bar: (what: string) => ProgressBar): Terminal {
  const { env, stdout, stderr, stdin, cwd } = process;
  const isAsked = (name: string) => env[name] !== undefined && env[name] !== '';
  return {
    env,
    cwd: cwd(),
    out: (line) => void stdout.write(`${stdout.isTTY ? harmless(line) : line}\n`),
    err: (line) => void stderr.write(`${stderr.isTTY ? harmless(line) : line}\n`),
    raw: (text) => void stdout.write(text),
    async input() {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return textIn(Buffer.concat(chunks), 'standard input');
    },
    interrupted() {
      const stop = new AbortController();
      let impatientFrom = Number.POSITIVE_INFINITY;
      const asked = () => {
        if (performance.now() > impatientFrom) process.exit(BROKEN_OFF);
        // What started the program may pass on a signal that came from the terminal as well.
        if (!stop.signal.aborted) impatientFrom = performance.now() + REPEATED_MS;
        stop.abort();
      };
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, asked);
      return stop.signal;
    },
    // A terminal of no width is one that nobody gave a size: a container's, a script's.
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
    colours: stdout.isTTY && !isAsked('NO_COLOR') && env.TERM !== 'dumb',
    progress: (what) => (stderr.isTTY ? bar(what) : NO_BAR),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /\u001b\[[\d;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Names and texts are whatever callers and customers made them: what would move the cursor or give a terminal orders is
 * shown as it would be typed. Colours are left alone.
 */
function harmless(text: string): string {
  return text.replace(CONTROLS, (found) =>
    found.length > 1 ? found : `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

export const NO_BAR: ProgressBar = { show: () => undefined, end: () => undefined };

const CODES = { red: '31', green: '32', yellow: '33', cyan: '36', dim: '2', bold: '1' } as const;

export function coloured(terminal: Pick<Terminal, 'colours'>, colour: keyof typeof CODES, text: string): string {
  return terminal.colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}
