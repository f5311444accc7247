/** What version a nats-server binary is, by its own word. Whether that will do: src/log/server-version.ts. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ANSWER_MS_MAX = 10_000;
const SERVER_NAMES_ITSELF = /^nats-server: v(\d+\.\d+\.\d+\S*)/m;

/** Rejects with the reason in one sentence: not there, not executable, not nats-server. */
export async function versionOf(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: ANSWER_MS_MAX }).catch(
    (error: Error) => {
      throw new Error(`${binary} does not run: ${error.message.trim()}`, { cause: error });
    },
  );
  const version = SERVER_NAMES_ITSELF.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${binary} does not say that it is nats-server`);
  return version;
}
