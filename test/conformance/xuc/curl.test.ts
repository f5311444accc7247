/**
 * The document's own commands, run by a shell as they stand: only the port is another, which curl is told by its own
 * configuration file. The shell's quirks (a lost `&`, a variable that is expanded, `-d -d`) are part of what is tested.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenXuc, type XucWorld } from '../../dialects/xuc/given.ts';
import { CURL_EXAMPLES, type CurlAnswer, SAMPLE_TOKEN } from './curl-examples.ts';

let world: XucWorld;
let curlHome: string;

beforeAll(async () => {
  // Port 9 of this machine: nobody is there, and none of the commands gets that far as it is printed.
  world = await givenXuc({ casUrl: 'http://127.0.0.1:9' });
  curlHome = await mkdtemp(join(tmpdir(), 'xuc-curl-'));
  const { port } = new URL(world.url);
  const settings = [
    `connect-to = "localhost:8090:127.0.0.1:${port}"`,
    'silent',
    'write-out = "\\nstatus %{http_code}\\n"',
  ];
  await writeFile(join(curlHome, '.curlrc'), `${settings.join('\n')}\n`);
});
afterAll(async () => {
  await world.stop();
  await rm(curlHome, { recursive: true });
});

interface Ran {
  readonly exit: number;
  readonly output: string;
}

function run(command: string): Promise<Ran> {
  const variables = { xucport: '8090', queueId: '1', from: '2018-03-21', to: '2018-03-21' };
  const env = { PATH: process.env.PATH ?? '', HOME: curlHome, CURL_HOME: curlHome, ...variables };
  return new Promise((resolve) => {
    // One command of the document is sent to the background by its own ampersand.
    execFile('bash', ['-c', `${command}\nexit=$?\nwait\nexit $exit`], { env }, (error, stdout) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, output: stdout });
    });
  });
}

function check({ exit, output }: Ran, expected: CurlAnswer): void {
  expect(exit).toBe(expected.exit ?? 0);
  if (expected.status !== undefined) expect(output).toContain(`status ${expected.status}\n`);
  else expect(output).not.toContain('"error"');
  if (expected.error !== undefined) expect(output).toContain(`{"error":"${expected.error}","message":"`);
  if (expected.has !== undefined) expect(output).toContain(expected.has);
}

const hasCurl = spawnSync('bash', ['-c', 'curl --version']).status === 0;

describe.skipIf(!hasCurl)('as printed (needs bash and curl)', () => {
  test.each(CURL_EXAMPLES)('command $number ($section) brings $printed', async ({ command, printed }) => {
    check(await run(command), printed);
  });
});

describe.skipIf(!hasCurl)('filled in (needs bash and curl)', () => {
  const examples = CURL_EXAMPLES.flatMap(({ filled, ...example }) =>
    filled === undefined ? [] : [{ ...example, filled }],
  );
  test.each(examples)('command $number ($section) brings $filled.answer', async ({ command, filled }) => {
    const fresh = filled.as === undefined ? SAMPLE_TOKEN : await world.token(filled.as);
    let whole = command.replace(SAMPLE_TOKEN, fresh);
    for (const [printed, by] of filled.replace) whole = whole.replace(printed, by);
    check(await run(whole), filled.answer);
  });
});
