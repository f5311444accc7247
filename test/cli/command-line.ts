/** The command line as a test types it: in this process, with everything it wrote. */
import { run } from '../../src/cli/program.ts';
import { NO_BAR, type Terminal } from '../../src/cli/terminal.ts';

export interface Ran {
  readonly code: number;
  /** Lines on standard output. */
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export interface Around {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly colours?: boolean;
  /** Characters per line of a terminal. */
  readonly columns?: number;
  /** Ctrl-C, for the commands that put something in order then. */
  readonly interrupted?: AbortSignal;
  /** Told every line of the result as it is written. */
  readonly onLine?: (line: string) => void;
}

export async function ran(words: readonly string[], around: Around = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    env: around.env ?? {},
    cwd: around.cwd ?? '/',
    out: (line) => {
      out.push(...line.split('\n'));
      around.onLine?.(line);
    },
    err: (line) => void err.push(line),
    raw: (text) => void out.push(...text.split('\n')),
    input: async () => around.input ?? '',
    interrupted: () => around.interrupted ?? new AbortController().signal,
    columns: around.columns,
    colours: around.colours ?? false,
    progress: () => NO_BAR,
  };
  return { code: await run(words, terminal), out, err };
}
