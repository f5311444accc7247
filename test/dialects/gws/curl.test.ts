import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gws, givenGws } from './given.ts';

/** As printed in the document, word for word (S000:18, 32, 57). */
const COMMANDS = [
  'curl http://000.111.222.333/api/v2/diagnostics/version',
  'curl -u ksippo: http://000.111.222.333/api/v2/me',
  `curl -X POST -H "Content-Type: application/json" -d '{"operationName":"NotReady"}' -u ksippo: http://000.111.222.333/api/v2/me/channels/voice`,
] as const;

describe('the commands of the document, run by curl as printed', () => {
  let gws: Gws;
  let home: string;
  const run = promisify(execFile);

  beforeAll(async () => {
    gws = await givenGws();
    home = await mkdtemp(join(tmpdir(), 'gws-curl-'));
    await writeFile(join(home, '.curlrc'), `connect-to = "000.111.222.333:80:127.0.0.1:${new URL(gws.url).port}"\n`);
  });
  afterAll(async () => {
    await gws.stop();
    await rm(home, { recursive: true });
  });

  it.each([
    [COMMANDS[0], { statusCode: 0, version: '8.5.200.50' }],
    [
      COMMANDS[1],
      {
        statusCode: 0,
        user: {
          id: '63630bbebf4840d7a0bffd6312bc29ff',
          userName: 'ksippo',
          firstName: 'Kristi',
          lastName: 'Sippola',
          roles: ['ROLE_AGENT'],
          enabled: true,
          changePasswordOnFirstLogin: false,
          uri: 'http://127.0.0.1/cloud-web/api/v2/users/63630bbebf4840d7a0bffd6312bc29ff',
          path: '/users/63630bbebf4840d7a0bffd6312bc29ff',
        },
      },
    ],
    [COMMANDS[2], { statusCode: 0 }],
  ])('%s', async (command, answer) => {
    const { stdout } = await run('sh', ['-c', command], { env: { PATH: process.env.PATH, CURL_HOME: home } });
    expect(JSON.parse(stdout)).toEqual(answer);
  });
});
