/** The bare Koa handler of bare-koa.ts in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface BareProcess {
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

/** Answers the bytes of the file, or `{"statusCode":0}`. */
export async function startBare(answerFile?: string): Promise<BareProcess> {
  const child = spawn(process.execPath, [new URL('bare-koa.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(answerFile === undefined ? {} : { BARE_ANSWER_FILE: answerFile }) },
  });
  const [line] = await once(child.stdout, 'data');
  return { url: String(line).trim(), pid: child.pid ?? 0, stop: () => child.kill() };
}
