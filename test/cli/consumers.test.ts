/** `ledgerline consumer` and `ledgerline webhook`, as they are typed, beside a real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenReceiver, type Receiver } from '../subscribers/webhook/receiver.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { ran } from './command-line.ts';

let server: ServerProcess;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await givenReceiver();
  server = await startServerProcess({ LEDGERLINE_WEBHOOK_ALLOW: '127.0.0.1' });
});
afterAll(async () => {
  await server.remove();
  await receiver.close();
});

const run = (words: string) =>
  ran(words.split(' '), { env: { LEDGERLINE_URL: server.url, LEDGERLINE_TENANT: 'genesys' } });

describe('ledgerline consumer', () => {
  test('prints the seed alone on standard output, and says beside it whom to ask for the records', async () => {
    const { code, out, err } = await run('consumer add genesys board --kinds agent,queue --from 0');
    expect(code).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^SU[A-Z2-7]{56}$/)]);
    expect(err.join('\n')).toContain('ask resume.genesys=board where to subscribe');
    expect(err.join('\n')).toContain('live.evt.genesys.agent.>, live.evt.genesys.queue.>');
  });

  test('prints what an outside cluster must be configured with', async () => {
    expect(await run('consumer add genesys deaf --kinds frog')).toMatchObject({
      code: 1,
      err: [expect.stringMatching(/kind frog is none of /)],
    });
    const { err } = await run('consumer add genesys cluster --accounts');
    expect(err.join('\n')).toContain('"service":"$JS.ACK.LEDGER.genesys=cluster=a.>"');
  });

  test('lists, rewinds and removes', async () => {
    expect((await run('consumer list genesys')).out.join('\n')).toMatch(/board.*agent,queue/);
    expect((await run('consumer rewind genesys board 0')).out).toEqual(['board goes on after 0']);
    expect((await run('consumer remove genesys board')).out).toEqual(['removed: board']);
    expect((await run('consumer remove genesys board')).code).toBe(1);
  });
});

describe('ledgerline webhook', () => {
  test('registers, tries out, shows what became of it, sends again, renews and removes', async () => {
    const unheard = await run(`webhook add ${receiver.url} --id crm --kind frog`);
    expect(unheard).toMatchObject({ code: 1, err: [expect.stringMatching(/kind frog is none of /)] });
    const forbidden = await run('webhook add http://10.0.0.1/hook');
    expect(forbidden).toMatchObject({
      code: 1,
      err: [
        expect.stringMatching(
          /url: 10\.0\.0\.1 is not a public address, and LEDGERLINE_WEBHOOK_ALLOW does not name it/,
        ),
      ],
    });
    const added = await run(`webhook add ${receiver.url} --id crm --kind skill`);
    expect(added.out).toEqual([expect.stringMatching(/^whsec_/)]);
    expect((await run('webhook test crm')).out).toEqual(['taken: 204']);
    receiver.answer = () => 500;
    const failed = await run('webhook test crm');
    expect([failed.code, failed.err]).toEqual([1, ['ledgerline: not taken: answered 500']]);
    receiver.answer = () => 204;
    const log = await run('webhook log crm');
    expect(log.out.map((line) => line.replace(/^\S+ {2}/, ''))).toEqual([
      'taken   -  ledgerline.webhook.test  204 (1)',
      'failed  -  ledgerline.webhook.test  answered 500 (1)',
    ]);
    expect((await run('webhook redeliver crm --since 0')).out).toEqual(['crm is sent again what is after 0']);
    await eventually('the past comes', () =>
      receiver.received.find(({ event }) => event.type !== 'ledgerline.webhook.test'),
    );
    expect((await run('webhook secret crm')).out[0]).not.toBe(added.out[0]);
    const listed = await run('webhook list --json');
    expect(listed.out.join()).toContain(receiver.url);
    expect(listed.out.join()).not.toContain('whsec_');
    expect((await run('webhook remove crm')).out).toEqual(['removed: crm']);
    expect((await run('webhook test crm')).code).toBe(1);
  });
});
