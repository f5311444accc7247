/** The bare Koa handler of bare-koa.ts in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BareProcess {
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

export interface BareAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Node puts these on by itself, or Koa by the body. */
const MADE_ANEW: ReadonlySet<string> = new Set(['date', 'connection', 'keep-alive', 'content-length']);

/** Answers every request of somebody known with the bytes of this answer. */
export async function startBare(answer: Response): Promise<BareProcess> {
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !MADE_ANEW.has(name)));
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bare-'));
  const file = join(folder, 'answer.json');
  await writeFile(file, JSON.stringify({ headers, body: await answer.text() } satisfies BareAnswer));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-koa.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BARE_ANSWER_FILE: file },
  });
  const [line] = await once(child.stdout, 'data');
  await rm(folder, { recursive: true });
  return { url: String(line).trim(), pid: child.pid ?? 0, stop: () => child.kill() };
}
