/**
 * Examples in documents that are run: blocks marked `console`, in which a line beginning with `$ ` is a command and the
 * lines below it are what it prints. `…` stands for anything; times, positions and minted ids are not compared.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Commands that look: they may be repeated until they see what is said, since telephones ring when they ring. */
const LOOKS = /^(npx ledgerline (fork|history|list|state|tail|why)|curl -N) /;

export interface Example {
  readonly command: string;
  readonly output: string;
}

export function documentAt(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The text of every block with this mark. */
export function blocksOf(text: string, mark: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${mark}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);
}

export function examplesOf(text: string): Example[] {
  return blocksOf(text, 'console').flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...output] = part.trimEnd().split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

/** Runs a command as a reader would type it, against the server at `url` with its NATS at `nats`. Both streams. */
export async function shellFor(
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<(command: string) => Promise<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-docs-'));
  const npx = join(folder, 'npx');
  await writeFile(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(ROOT, 'src/cli/ledgerline.ts')}" "$@"\n`);
  await chmod(npx, 0o755);
  // On a terminal curl shows no progress either.
  await writeFile(join(folder, '.curlrc'), 'silent\n');
  return async (command) => {
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', `exec 2>&1\n${command.replaceAll('http://127.0.0.1:8080', url)}`],
      {
        cwd: folder,
        env: {
          PATH: `${folder}${delimiter}${process.env.PATH}`,
          LEDGERLINE_URL: url,
          CURL_HOME: folder,
          ...env,
        },
      },
    ).catch((error: { readonly stdout: string }) => error);
    return stdout.replaceAll(url, 'http://127.0.0.1:8080').trimEnd();
  };
}

/** What an example prints; looked at again, for a while, where it does not print what its document says. */
export async function printedBy(
  shell: (command: string) => Promise<string>,
  { command, output }: Example,
): Promise<string> {
  let printed = '';
  const isRight = async () => {
    printed = await shell(command);
    return matches(printed, output) || undefined;
  };
  await (LOOKS.test(command) ? eventually('it prints it', isRight).catch(() => undefined) : isRight());
  return printed;
}

/** True when `printed` is what the document says. */
export function matches(printed: string, said: string): boolean {
  const pattern = comparable(said)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*');
  return new RegExp(`^${pattern}$`).test(comparable(printed));
}

function comparable(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replace(/\b179\d{10}\b|\b18\d{11}\b/g, '<ms>')
    .replace(/\b[0-9A-Z]{13}\b/g, '<call>')
    .replace(/^ *\d+ {2}<time>/gm, '<position>  <time>')
    .replace(/"(position|created)":\d+/g, '"$1":<position>')
    .replace(/[ \t]+$/gm, '');
}
