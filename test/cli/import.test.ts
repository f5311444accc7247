import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as bodyText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GivenServer, givenServer } from './given.ts';

let server: GivenServer;
let cwd: string;

beforeEach(async () => {
  server = await givenServer();
  cwd = await mkdtemp(join(tmpdir(), 'ledgerline-cli-'));
});
afterEach(async () => {
  await server.stop();
  await rm(cwd, { recursive: true });
});

async function imported(file: string, content: string | Buffer, flags = '') {
  await writeFile(join(cwd, file), content);
  return server.run(`import ${file} --json --tenant acme ${flags}`.trim(), { cwd });
}

const summary = ({ out }: { readonly out: readonly string[] }) => JSON.parse(out.join(''));
const ids = async (collection: string) =>
  (await server.run(`list ${collection} --tenant acme --json`)).out.map((line) => JSON.parse(line).id);

const USERS =
  'id,firstName,lastName,roles,agentNumber,enabled\nann,Ann,Archer,agent,0815,true\nbob,"Bob, Jr",Baker,agent;supervisor,,\n';

/** The same server, which knows nobody any more after the first command. */
async function forgetful(): Promise<{ readonly url: string; close(): void }> {
  let commands = 0;
  const proxy = createServer(async (request, response) => {
    if (request.method === 'POST') commands += 1;
    if (commands > 1) return void response.writeHead(401).end('{}');
    const { method = 'GET', url, headers } = request;
    const body = method === 'GET' ? {} : { body: await bodyText(request) };
    const sent = { 'Content-Type': 'application/json', 'Idempotency-Key': String(headers['idempotency-key'] ?? '') };
    const answer = await fetch(`${server.served.url}${url}`, {
      method,
      ...(method === 'GET' ? {} : { headers: sent }),
      ...body,
    });
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void proxy.close() };
}

describe('an import of CSV', () => {
  test('makes one record per line, in the order of the file, typed as the server wants', async () => {
    expect(summary(await imported('users.csv', USERS))).toEqual({ created: 2, changed: 0, unchanged: 0, failed: [] });
    expect(await ids('users')).toEqual(['ann', 'bob']);
    const ann = (await server.run('get users ann --json')).out.join('');
    expect(JSON.parse(ann)).toMatchObject({ roles: ['agent'], agentNumber: '0815', enabled: true });
    const bob = JSON.parse((await server.run('get users bob --json')).out.join(''));
    expect(bob).toMatchObject({ firstName: 'Bob, Jr', roles: ['agent', 'supervisor'] });
    expect(bob).not.toHaveProperty('enabled');
  });

  test('reaches inside by dotted names', async () => {
    const text = 'id,name,extension,members.0.agent,members.0.penalty,members.1.agent\nq,q,800,ann,2,bob\n';
    await imported('staff.csv', text, '--kind queues');
    const queue = JSON.parse((await server.run('get queues q --json')).out.join(''));
    expect(queue).toMatchObject({ extension: '800', members: [{ agent: 'ann', penalty: 2 }, { agent: 'bob' }] });
  });

  test('ends at Ctrl-C with an account of what was made, which the same again goes on from', async () => {
    await writeFile(join(cwd, 'users.csv'), USERS);
    const stopped = await server.run('import users.csv --tenant acme', { cwd, interrupted: AbortSignal.abort() });
    expect(stopped).toMatchObject({
      code: 1,
      err: [expect.stringMatching(/^ledgerline: line 2: broken off \(created 0, .* import it again for the rest\)$/)],
    });
    expect(summary(await imported('users.csv', USERS))).toMatchObject({ created: 2 });
  });

  test('that is broken off says where and what was made, and the same again makes the rest', async () => {
    const { url, close } = await forgetful();
    await writeFile(join(cwd, 'users.csv'), USERS);
    const broken = await server.run('import users.csv --tenant acme', { cwd, env: { LEDGERLINE_URL: url } });
    close();
    expect(broken.code).toBe(1);
    expect(broken.err.join()).toMatch(
      /^ledgerline: line 3: .* asks who you are.* \(created 1, changed 0, unchanged 0 /,
    );
    expect(summary(await imported('users.csv', USERS))).toEqual({ created: 1, changed: 0, unchanged: 1, failed: [] });
  });

  test('reports what fails with its line, does the rest, and ends with 1', async () => {
    const result = await imported(
      'users.csv',
      `${USERS}cy,Cy,Cole,driver,,\ndee,Dee,Dunn,agent,,maybe\neve,Eve,East,agent,,\n`,
    );
    expect(result.code).toBe(1);
    expect(summary(result)).toMatchObject({
      created: 3,
      failed: [
        { place: 'line 4', problem: expect.stringContaining('roles') },
        { place: 'line 5', problem: 'enabled: "maybe" is no boolean' },
      ],
    });
    expect(await ids('users')).toEqual(['ann', 'bob', 'eve']);
  });

  test.each([
    ['--kind tokens', 'users.csv'],
    ['', 'people.csv'],
    ['--kind users', 'missing.csv'],
  ])('is refused whole when it cannot be understood: %s %s', async (flags, file) => {
    await writeFile(join(cwd, 'people.csv'), USERS);
    await writeFile(join(cwd, 'users.csv'), USERS);
    expect(await server.run(`import ${file} --tenant acme ${flags}`.trim(), { cwd })).toMatchObject({ code: 2 });
    expect(await ids('users')).toEqual([]);
  });
});

describe('an import again', () => {
  test('of the same file changes nothing, also of records without ids', async () => {
    const text = 'name\nEnglish\nFrench\nEnglish\n';
    expect(summary(await imported('skills.csv', text))).toMatchObject({ created: 3 });
    const { position } = server.served.world.runtime.live;
    expect(summary(await imported('skills.csv', text))).toMatchObject({ created: 0, unchanged: 3 });
    expect(server.served.world.runtime.live.position).toBe(position);
  });

  test('of a file with moved and added lines makes only what is new', async () => {
    await imported('skills.csv', 'name\nEnglish\nFrench\n');
    expect(summary(await imported('skills.csv', 'name\nDutch\nFrench\nEnglish\n'))).toMatchObject({
      created: 1,
      unchanged: 2,
    });
  });

  test('of an edited line says what differs, and changes it when told to', async () => {
    await imported('users.csv', USERS);
    const edited = USERS.replace('Archer', 'Ashby');
    expect(summary(await imported('users.csv', edited))).toMatchObject({
      unchanged: 1,
      failed: [{ place: 'line 2', problem: expect.stringContaining('lastName') }],
    });
    expect(summary(await imported('users.csv', edited, '--update'))).toMatchObject({
      changed: 1,
      unchanged: 1,
      failed: [],
    });
    expect(summary(await imported('users.csv', edited, '--update'))).toMatchObject({ changed: 0, unchanged: 2 });
  });

  test('under another name finds what is there already', async () => {
    await imported('users.csv', USERS);
    expect(summary(await imported('again.csv', USERS, '--kind users'))).toMatchObject({ created: 0, unchanged: 2 });
  });
});

describe('an import of JSON', () => {
  test('takes a list per collection, and makes users before their credentials', async () => {
    const text = JSON.stringify({
      tenant: 'acme',
      credentials: [{ user: 'ann', dialect: 'gws', name: 'ann', password: 'a long secret' }],
      agents: [{ id: 'ann', line: '200' }],
      users: [{ id: 'ann', firstName: 'Ann', lastName: 'Archer', roles: ['agent'], agent: 'ann' }],
    });
    expect(summary(await imported('acme.json', text))).toMatchObject({ created: 3, failed: [] });
    expect(summary(await imported('acme.json', text))).toMatchObject({ created: 0, unchanged: 3 });
    const changed = text.replace('a long secret', 'another secret');
    expect(summary(await imported('acme.json', changed, '--update'))).toMatchObject({ changed: 1, unchanged: 2 });
  });

  test('never lets a password reach a command id', async () => {
    const commandOf = async (password: string) => {
      const text = {
        users: [{ id: 'ann', firstName: 'A', lastName: 'A', roles: [] }],
        credentials: [{ user: 'ann', dialect: 'gws', name: 'ann', password }],
      };
      const other = await givenServer();
      await writeFile(join(cwd, 'a.json'), JSON.stringify(text));
      await other.run('import a.json --tenant acme', { cwd });
      const { out } = await other.run('history acme/user/ann --json --limit 1');
      await other.stop();
      return JSON.parse(out.join('')).record.data.cause.command;
    };
    expect(await commandOf('one')).toBe(await commandOf('two'));
  });

  test('names the entry that cannot be used', async () => {
    const text = JSON.stringify([
      { kind: 'skill', attributes: { name: 'x' } },
      { kind: 'token', attributes: {} },
      { kind: 'skill' },
    ]);
    expect(summary(await imported('list.json', text))).toMatchObject({
      created: 1,
      failed: [{ place: 'entry 2', problem: expect.stringContaining('"token"') }, { place: 'entry 3' }],
    });
    expect(await imported('broken.json', '{')).toMatchObject({ code: 2 });
  });
});

describe('a file', () => {
  const SKILL = JSON.stringify({ skills: [{ id: 'de', name: 'Müller' }] });

  test.each([
    ['skills.json', SKILL],
    ['skills.csv', 'id,name\r\nde,Müller\r\n'],
  ])('%s may begin with the mark that some editors put there', async (file, text) => {
    expect(summary(await imported(file, `\ufeff${text}`))).toMatchObject({ created: 1, failed: [] });
    expect(JSON.parse((await server.run('get skills de --json')).out.join(''))).toMatchObject({ name: 'Müller' });
  });

  test.each([
    ['skills.json', Buffer.from(SKILL, 'latin1')],
    ['skills.csv', Buffer.from('id,name\nde,Müller\n', 'latin1')],
    ['skills.csv', Buffer.from('\ufeffid,name\nde,Müller\n', 'utf16le')],
  ])('%s of another encoding than UTF-8 is refused whole', async (file, bytes) => {
    expect(await imported(file, bytes)).toMatchObject({ code: 2, err: [expect.stringContaining('is not UTF-8')] });
    expect(await ids('skills')).toEqual([]);
  });

  test('of which two columns have one name is refused whole, but not for columns without one', async () => {
    expect(await imported('skills.csv', 'id,name,name\nde,Deutsch,German\n')).toMatchObject({
      code: 2,
      err: [expect.stringContaining('names name twice')],
    });
    expect(summary(await imported('skills.csv', 'id,name,,\nde,Deutsch,,\n'))).toMatchObject({ created: 1 });
  });
});

describe('an export', () => {
  test('imported into an empty installation gives the same export again', async () => {
    await imported('users.csv', USERS);
    await server.run('create agents --tenant acme id=ann line=200 wrapUpMs=5000');
    await server.run('create queues --tenant acme id=q name=q extension=800 members:=[{"agent":"ann"}]');
    await server.run('create users/ann/credentials --tenant acme dialect=gws name=ann password=secret');
    expect(await server.run('export acme --output acme.json', { cwd })).toMatchObject({ code: 0 });
    const exported = await readFile(join(cwd, 'acme.json'), 'utf8');
    expect(exported).not.toMatch(/secret|credential|token/);

    const other = await givenServer();
    await other.run('change tenants acme name=Other');
    const { out } = await other.run('import acme.json --update --json', { cwd });
    expect(JSON.parse(out.join(''))).toMatchObject({ created: 4, changed: 1, failed: [] });
    const again = await other.run('export acme', { cwd });
    expect(`${again.out.join('\n')}\n`).toBe(exported);
    await other.stop();
  });
});
