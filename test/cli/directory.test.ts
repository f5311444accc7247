import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GivenServer, givenServer } from './given.ts';

let server: GivenServer;
let cwd: string;

beforeAll(async () => {
  server = await givenServer();
  cwd = await mkdtemp(join(tmpdir(), 'ledgerline-cli-'));
});
afterAll(async () => {
  await server.stop();
  await rm(cwd, { recursive: true });
});

const json = async (words: string | readonly string[]) => (await server.run(words)).out.map((line) => JSON.parse(line));

describe('explain', () => {
  test('says which collections there are, and all of them can be listed', async () => {
    const collections = await json('explain --json');
    expect(collections).toContainEqual({ name: 'queues', about: 'Where callers wait for agents.' });
    expect(collections.map(({ name }) => name)).toEqual(expect.arrayContaining(['tenants', 'agents', 'calls']));
    for (const { name } of collections)
      if (!name.includes('/')) expect(await server.run(['list', name]), name).toMatchObject({ code: 0 });
  });

  test('says which attributes the records of one have, what they look like, and which are needed', async () => {
    const { out } = await server.run('explain queues');
    expect(out.find((line) => line.startsWith('extension '))).toMatch(/^extension +text, needed$/);
    expect(out.find((line) => line.startsWith('members '))).toMatch(
      /^members +list of \{agent, penalty\}, needed +Agent ids/,
    );
    expect(out.find((line) => line.startsWith('recording '))).toMatch(/^recording +none \| mandatory \| onDemand$/);
    expect((await server.run('explain users/ann/credentials')).out.join('\n')).toMatch(/^dialect +ccs \| xuc/m);
  });

  test('says when nothing is created there', async () => {
    const { code, err } = await server.run('explain nonsense');
    expect({ code, err }).toEqual({
      code: 1,
      err: ['ledgerline: nothing is created in nonsense; `ledgerline explain` says what there is'],
    });
  });
});

describe('records', () => {
  test('are created, listed, shown, changed and removed', async () => {
    const created = await server.run(['create', 'skills', 'id=K1', 'name=English', 'description=spoken, and well']);
    expect(created).toMatchObject({ code: 0, out: ['created: skills/K1'] });
    expect((await server.run('list skills')).out).toEqual([
      'id  name     description',
      'K1  English  spoken, and well',
    ]);
    expect(await server.run('change skills K1 name=French --unset description')).toMatchObject({ code: 0 });
    expect(await json('get skills K1 --json')).toMatchObject([{ id: 'K1', name: 'French' }]);
    expect((await json('get skills K1 --json'))[0]).not.toHaveProperty('description');
    const position = server.served.world.runtime.live.position;
    expect(await server.run('remove skills K1')).toMatchObject({ code: 0, out: ['removed: skills/K1'] });
    expect(await server.run('list skills')).toMatchObject({ code: 0, out: [], err: ['none'] });
    expect(await json(`get skills K1 --json --at ${position}`)).toMatchObject([{ name: 'French' }]);
  });

  test('that are no list are not listed', async () => {
    const { code, err } = await server.run('list statistics/queues');
    expect(code).toBe(2);
    expect(err).toEqual([
      expect.stringMatching(/statistics\/queues is no list: `ledgerline get` shows what is there$/),
    ]);
  });

  test('have attributes of the types that the server wants', async () => {
    await writeFile(join(cwd, 'members.json'), '[{"agent":"ann"}]\n');
    const words = [
      'create',
      'queues',
      'id=q',
      'name=12',
      'extension=0800',
      'alternateExtensions=801;802',
      'priority=3',
      'isClosed=true',
      'members=@members.json',
    ];
    expect(await server.run(words, { cwd })).toMatchObject({ code: 0 });
    expect(await json('get queues q --json')).toMatchObject([
      {
        name: '12',
        extension: '0800',
        alternateExtensions: ['801', '802'],
        priority: 3,
        isClosed: true,
        members: [{ agent: 'ann' }],
      },
    ]);
    const wrong = await server.run('create queues id=p name=p extension=900 priority=high members:=[]');
    expect(wrong).toMatchObject({ code: 2, err: ['ledgerline: priority: "high" is no integer'] });
  });

  test('are refused an empty name that they need, by the name of the field', async () => {
    expect(await server.run(['create', 'users', 'id=nobody', 'firstName=', 'lastName=', 'roles=agent'])).toMatchObject({
      code: 1,
      err: ['ledgerline: firstName: must not be empty'],
    });
  });

  test('take a single number for a list of texts', async () => {
    const words = 'create users id=one firstName=One lastName=Only roles=agent extensions=200';
    expect(await server.run(words)).toMatchObject({ code: 0 });
    expect(await json('get users one --json')).toMatchObject([{ extensions: ['200'] }]);
    await server.run('remove users one');
  });

  test('are refused in words: what is missing, what is taken and by whom, what is not there', async () => {
    const said = async (words: string) => (await server.run(words)).err;
    expect(await said('create skills id=nameless')).toEqual(['ledgerline: name: is missing']);
    await server.run('create extensions id=300 number=300');
    expect(await said('create extensions id=301 number=300')).toEqual([
      'ledgerline: The number 300 is taken by acme/extension/300.',
    ]);
    expect(await said('create extensions id=300 number=302')).toEqual([
      'ledgerline: The extension 300 is there already.',
    ]);
    expect(await said('list skill')).toEqual([
      'ledgerline: there is nothing of that name; `ledgerline explain` says what there is',
    ]);
  });

  test('are read whole from a file or from standard input', async () => {
    const input = '{"id":"ann","firstName":"Ann","lastName":"Archer","roles":["agent"]}';
    expect(await server.run('create users @-', { input })).toMatchObject({ code: 0 });
    expect(await json('list users --json')).toMatchObject([{ id: 'ann', roles: ['agent'] }]);
  });

  test('are created once under one command id', async () => {
    const words = 'create skills name=Billing --command-id one';
    const first = await server.run(words);
    expect(await server.run(words)).toMatchObject({
      code: 0,
      out: [first.out[0]?.replace('created', 'was there already')],
    });
  });

  test('are refused in the words of the server', async () => {
    const refused = await server.run('create skills nickname=x');
    expect(refused.code).toBe(1);
    expect(refused.err.join()).toContain('name');
    expect(await server.run('get skills nothing')).toMatchObject({
      code: 1,
      err: ['ledgerline: There is no skill nothing.'],
    });
    expect(await server.run('list nonsense')).toMatchObject({ code: 1 });
  });
});

describe('who may sign in and what for', () => {
  test('credentials are made for a user, and never show a password', async () => {
    await writeFile(join(cwd, 'secret'), 'a long secret\n');
    const words = 'create users/ann/credentials dialect=gws name=ann password=@secret';
    expect(await server.run(words, { cwd })).toMatchObject({ code: 0 });
    expect(await json('list users/ann/credentials --json')).toMatchObject([
      { dialect: 'gws', name: 'ann', hasPassword: true },
    ]);
    expect((await server.run('list users/ann/credentials --json')).out.join()).not.toContain('secret');
    expect(await server.run(words, { cwd })).toMatchObject({
      code: 1,
      err: ['ledgerline: There is a credential gws ann already: change or remove it.'],
    });
    expect(await json('list users/ann/credentials --json')).toHaveLength(1);
  });

  test('a token is shown once, works, and ends when revoked', async () => {
    const made = await server.run('token create --scope read events --label wall');
    expect(made).toMatchObject({ code: 0, out: [expect.stringMatching(/^ll_/)] });
    const env = { LEDGERLINE_TOKEN: made.out[0] };
    expect(await server.run('list skills', { env })).toMatchObject({ code: 0 });
    expect(await server.run('create skills name=x', { env })).toMatchObject({ code: 1 });
    const listed = await json('token list --json');
    expect(listed).toMatchObject([{ label: 'wall', scopes: ['read', 'events'] }]);
    expect(JSON.stringify(listed)).not.toContain(made.out[0]);
    expect(await server.run(`token revoke ${listed[0].id}`)).toMatchObject({ code: 0 });
    expect(await server.run('list skills', { env })).toMatchObject({ code: 1 });
  });

  test('a token stands for an extension, with permissions that there are', async () => {
    const made = await server.run(['token', 'create', '--extension', '200', '--permission', 'API', 'Agent Control']);
    expect(made).toMatchObject({ code: 0 });
    const listed = await json('token list --json');
    expect(listed.at(-1)).toMatchObject({ extension: '200', permissions: ['API', 'Agent Control'] });
    expect(await server.run('token create --permission Everything')).toMatchObject({ code: 2 });
    expect(await server.run('create tokens permissions=Everything')).toMatchObject({ code: 1 });
    expect(await server.run('create roles name=all permissions=Everything')).toMatchObject({ code: 1 });
  });

  test('agents are put into queues and taken out', async () => {
    await server.run('create queues id=s name=s extension=810 members:=[]');
    expect(await server.run('member add s ann')).toMatchObject({
      code: 1,
      err: ['ledgerline: There is no agent ann.'],
    });
    await server.run('create agents id=ann line=200');
    expect(await server.run('member add s ann --penalty 0')).toMatchObject({ code: 0 });
    expect(await server.run('member add s ann --penalty 2')).toMatchObject({ code: 0, out: ['ann works for s'] });
    expect(await json('get queues s --json')).toMatchObject([{ members: [{ agent: 'ann', penalty: 2 }] }]);
    expect(await server.run('member remove s ann')).toMatchObject({ code: 0 });
    expect(await json('get queues s --json')).toMatchObject([{ members: [] }]);
  });
});

describe('the tenant', () => {
  test('is the only one there is, or must be named', async () => {
    expect(await server.run('create tenants id=other name=Other')).toMatchObject({ code: 0 });
    const unnamed = await server.run('list skills');
    expect(unnamed).toMatchObject({ code: 2, err: [expect.stringContaining('acme, other')] });
    expect(await server.run('list skills --tenant other')).toMatchObject({ code: 0 });
    expect(await server.run('list skills', { env: { LEDGERLINE_TENANT: 'acme' } })).toMatchObject({ code: 0 });
  });
});
