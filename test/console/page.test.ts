import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, NO_BROWSER, startBrowser, type Tab } from '../support/browser.ts';
import { ANSWERED, buildPage, type GivenConsole, givenConsole, TENANT } from './given.ts';

const CALL = '0BS9DD02LEMUI';
const text = (selector: string): string => `(document.querySelector(${JSON.stringify(selector)})?.innerText ?? '')`;
const click = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).click()`;
const press = (key: string, shiftKey = false): string =>
  `dispatchEvent(new KeyboardEvent('keydown', { key: ${JSON.stringify(key)}, shiftKey: ${shiftKey}, bubbles: true }))`;
const ANN = '[data-actor="agent/aarcher"]';
const STATE = '.headline .now b';
const HERE = "document.querySelector('.record.here')?.dataset.position";

describe.skipIf(NO_BROWSER !== undefined)(
  `the console in a browser${NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`}`,
  () => {
    let given: GivenConsole;
    let browser: Browser;
    beforeAll(async () => {
      buildPage();
      [given, browser] = await Promise.all([givenConsole(), startBrowser()]);
    });
    afterAll(async () => {
      await browser.close();
      await given.stop();
    });
    const tabs: Tab[] = [];
    afterEach(async () => {
      for (const tab of tabs.splice(0)) await tab.close();
    });
    const open = async (hash: string): Promise<Tab> => {
      const tab = await browser.open(`${given.url}/console#tenant=${TENANT}${hash}`);
      tabs.push(tab);
      return tab;
    };

    test('shows who is there, and what happens as it happens', async () => {
      const tab = await open('');
      await tab.until(`${text(ANN)}.includes('ready')`);
      await tab.until("document.querySelector('[data-live]')?.innerText.startsWith('LIVE')");
      await given.call(CALL, ...ANSWERED);
      await tab.until(`${text(ANN)}.includes('talking')`);
      await tab.until(`${text(`[data-actor="call/${CALL}"]`)}.includes('established')`);
      await tab.until(`[...document.querySelectorAll('.record')].at(-1)?.innerText.includes('leg.talking')`);
      expect(tab.complaints).toEqual([]);
    });

    test('opens, without an address, at the tenant to whom something happened last', async () => {
      await given.agent('bbaker', { type: 'setAway' }, { type: 'setReady' });
      const tab = await browser.open(`${given.url}/console`);
      tabs.push(tab);
      await tab.until(`location.hash === '#tenant=${TENANT}'`);
      await tab.until(`${text(ANN)}.includes('talking')`);
    });

    test('says in a fork which events an actor takes, and tries the one that is chosen', async () => {
      const tab = await open('&actor=agent/aarcher&tab=fork');
      await tab.until("document.querySelectorAll('.known button').length > 0");
      await tab.evaluate(
        "[...document.querySelectorAll('.known button')].find((one) => one.innerText === 'signOut').click()",
      );
      await tab.until(`document.querySelector('.fork textarea').value.includes('"signOut"')`);
      await tab.evaluate(click('.fork .primary'));
      await tab.until(`${text('.outcome')}.includes('signedOut')`);
    });

    test('draws the machine of a selected agent with its states, where it is and how it came there', async () => {
      const tab = await open('&actor=agent/aarcher');
      await tab.until("document.querySelectorAll('.chart .box.leaf.active').length === 3");
      const active = "[...document.querySelectorAll('.chart .box.leaf.active')].map((box) => box.dataset.state)";
      expect(await tab.evaluate(active)).toEqual([
        '.present.presence.ready',
        '.present.phone.talking',
        '.present.queue.none',
      ]);
      expect(await tab.evaluate("document.querySelectorAll('.chart .edge.taken').length")).toBe(1);
      expect(tab.complaints).toEqual([]);
    });

    test('goes to a moment as a whole, by key, and back to live', async () => {
      const tab = await open('&actor=agent/aarcher');
      await tab.until(`${text(STATE)} === 'ready · talking'`);
      await tab.evaluate(press('ArrowLeft', true));
      await tab.evaluate(press('ArrowLeft', true));
      await tab.until(`${text(STATE)} === 'ready · ringing'`);
      await tab.until("document.querySelector('[data-live]').innerText.includes('FROZEN')");
      await tab.until(`${text(ANN)}.includes('ringing')`);
      await tab.until(`${HERE} === new URLSearchParams(location.hash.slice(1)).get('at')`);
      await tab.evaluate(press(' '));
      await tab.until(`${text(ANN)}.includes('talking')`);
      expect(await tab.evaluate('location.hash')).not.toContain('at=');
    });

    test('opens an address that was shared at its moment, selection and tab', async () => {
      const { rows } = (await (
        await fetch(`${given.url}/console/data/rows?tenant=${TENANT}&kind=agent&q=leg.ringing%20aarcher`)
      ).json()) as { rows: { position: number }[] };
      const tab = await open(`&at=${rows[0]?.position}&actor=agent/aarcher&tab=context`);
      await tab.until(`${text(STATE)} === 'ready · ringing'`);
      await tab.until("document.querySelectorAll('.tree ins').length > 0");
      await tab.until(`${text(ANN)}.includes('ringing')`);
      expect(await tab.evaluate(text('.tabs [aria-selected="true"]'))).toBe('Context');
    });

    test('compares the context of a record with that of a marked one', async () => {
      const tab = await open('&actor=agent/aarcher&tab=context');
      await tab.until(`${text(STATE)} === 'ready · talking'`);
      await tab.evaluate(press('m'));
      const marked = Number(((await tab.evaluate(text('.headline .by .numbers'))) as string).match(/#(\d+)/)?.[1]);
      await tab.evaluate(press('ArrowLeft', true));
      await tab.evaluate(press('ArrowLeft', true));
      await tab.until(`${text('.compared')}.includes('the marked record, #${marked}')`);
      await tab.until("[...document.querySelectorAll('.tree del')].some((was) => was.innerText.includes('talking'))");
    });

    test('says why, with the record that told and the command that began it', async () => {
      const tab = await open('&actor=agent/aarcher&tab=why');
      await tab.until(`${text('.why .chain:has(.root)')}.includes('501 took leg.answered')`);
      await tab.until(`${text('.why .sentence')}.includes('Ann Archer')`);
    });

    test('goes back, by the way back of the browser, to what was chosen before and to before it was frozen', async () => {
      const tab = await open('');
      await tab.until(`${text(ANN)}.includes('talking')`);
      await tab.evaluate(click(ANN));
      await tab.evaluate(click('[data-actor="agent/bbaker"]'));
      await tab.evaluate(press('ArrowLeft'));
      await tab.evaluate(press('ArrowLeft'));
      await tab.until("location.hash.includes('at=')");
      await tab.evaluate('history.back()');
      await tab.until("!location.hash.includes('at=') && location.hash.includes('agent/bbaker')");
      await tab.evaluate('history.back()');
      await tab.until(`${text('.inspector h2')} === 'Ann Archer'`);
      await tab.evaluate('history.back()');
      await tab.until("document.querySelector('.inspector') === null");
    });

    test('shows nothing of one actor under the name of another when the server is gone, and says so', async () => {
      const tab = await open('&actor=agent/aarcher');
      await tab.until(`${text(STATE)} === 'ready · talking'`);
      await tab.until(`document.querySelector('[data-actor="agent/bbaker"]') !== null`);
      await tab.evaluate("globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'))");
      await tab.evaluate(click('[data-actor="agent/bbaker"]'));
      await tab.until(`${text('.inspector')}.includes('The server does not answer.')`);
      expect(await tab.evaluate(text('.inspector'))).not.toContain('talking');
    });

    test('says when a moment was whose record the filter keeps back', async () => {
      const said = "document.querySelector('.standing strong')?.innerText";
      const whole = await open('&at=60');
      await whole.until(`${said} !== undefined`);
      const tab = await open('&at=60&kind=service');
      await tab.until(`${said} === ${JSON.stringify(await whole.evaluate(said))}`);
    });

    test('says that a tenant of an address is not there, and shows another live', async () => {
      const tab = await browser.open(`${given.url}/console#tenant=nobody&at=12&actor=agent/aarcher`);
      tabs.push(tab);
      await tab.until('!/nobody|at=|actor=/.test(location.hash)');
      await tab.until(`${text('.trouble')}.includes('no tenant nobody')`);
    });

    test('shows, at a record in the midst of its command, what the whole command led to', async () => {
      const found = await fetch(`${given.url}/console/data/rows?tenant=${TENANT}&kind=call&q=leg.answered`);
      const { rows } = (await found.json()) as { rows: { position: number; part: number; of: number }[] };
      expect(rows[0]).toMatchObject({ part: 1, of: 2 });
      const tab = await open(`&at=${rows[0]?.position}&actor=agent/aarcher`);
      await tab.until(`${text(ANN)}.includes('talking')`);
    });

    test('goes to the record whose dot in the lanes is clicked, and fits the lanes again that were zoomed', async () => {
      const tab = await open('&actor=agent/aarcher');
      await tab.until("document.querySelectorAll('.chart .box.leaf.active').length === 3");
      const fit = "[...document.querySelectorAll('.lanes button')].find((button) => button.innerText === 'Fit')";
      const canvas =
        "const canvas = document.querySelector('.lanes canvas'); const at = canvas.getBoundingClientRect();";
      expect(await tab.evaluate(`${fit}.disabled`)).toBe(true);
      await tab.evaluate(`{ ${canvas}
        canvas.dispatchEvent(new WheelEvent('wheel', { clientX: at.x + 300, clientY: at.y + 37, deltaY: 40, bubbles: true })) }`);
      await tab.until(`!${fit}.disabled`);
      await tab.evaluate(`${fit}.click()`);
      await tab.until(`${fit}.disabled`);
      await tab.evaluate(`{ ${canvas}
        for (let x = 150; x < at.width; x += 4)
          canvas.dispatchEvent(new MouseEvent('click', { clientX: at.x + x, clientY: at.y + 37, bubbles: true })) }`);
      await tab.until(`${HERE} !== undefined`);
      expect(await tab.evaluate("document.querySelector('.record.here .actor').title")).toBe('agent/aarcher');
      expect(tab.complaints).toEqual([]);
    });

    test('takes the page back by the scrubber', async () => {
      const tab = await open('');
      await tab.until(`${text(ANN)}.includes('talking')`);
      await tab.evaluate(
        "(() => { const slider = document.getElementById('scrubber'); slider.value = '30'; slider.dispatchEvent(new Event('input', { bubbles: true })); })()",
      );
      await tab.until("document.querySelector('[data-live]').innerText.includes('#30')");
      await tab.until(`document.querySelector('${ANN}') === null`);
    });

    test('goes to a position that is typed, and is moved by keys again after it', async () => {
      const tab = await open('');
      await tab.until("document.querySelector('.record') !== null");
      await tab.evaluate(press('g'));
      await tab.until("document.activeElement.id === 'goto'");
      await tab.evaluate("document.activeElement.value = '30'; document.activeElement.form.requestSubmit()");
      await tab.until("document.querySelector('[data-live]').innerText.includes('#30')");
      await tab.until('document.activeElement === document.body');
      await tab.evaluate(press('g'));
      await tab.evaluate("document.activeElement.value = 'soon'; document.activeElement.form.requestSubmit()");
      await tab.until(`${text('.trouble')}.includes('neither a position nor a time')`);
      expect(await tab.evaluate('document.activeElement.id')).toBe('goto');
      await tab.evaluate(`document.activeElement.${press('Escape')}`);
      await tab.until('document.activeElement === document.body');
    });

    test('stays within its rooms whatever people are called', async () => {
      const name = {
        firstName: 'Wolfeschlegelsteinhausenbergerdorff',
        lastName: 'Keihanaikukauakahihuliheekahaunaele',
      };
      await given.world.record(
        TENANT,
        { to: { tenant: TENANT, kind: 'agent', id: 'long' }, event: { type: 'create' } },
        {
          to: { tenant: TENANT, kind: 'user', id: 'long' },
          event: { type: 'create', attributes: { ...name, roles: ['agent'], agent: 'long' } },
        },
      );
      const tab = await open('&actor=agent/long&tab=fork');
      await tab.until(`${text('.inspector h2')}.startsWith('Wolfe')`);
      await tab.until("document.querySelector('.fork textarea') !== null");
      const reach = "[...document.querySelectorAll('.inspector *, .panel-head > *')]";
      expect(
        await tab.evaluate(`Math.max(...${reach}.map((one) => one.getBoundingClientRect().right)) <= innerWidth`),
      ).toBe(true);
      const lanes = "document.querySelector('.lanes').getBoundingClientRect().right";
      expect(
        await tab.evaluate(`document.querySelector('.panel-head .switch').getBoundingClientRect().right <= ${lanes}`),
      ).toBe(true);
    });

    test('keeps the list short however many records there are, and reads on when it is scrolled', async () => {
      for (let round = 0; round < 16; round += 1) {
        await given.world.record(
          TENANT,
          ...Array.from({ length: 100 }, (_, index) => ({
            to: { tenant: TENANT, kind: 'agent', id: 'bbaker' },
            event: { type: index % 2 === 0 ? 'setAway' : 'setReady' },
          })),
        );
      }
      const tab = await open('');
      await tab.until("/^200\\+ records/.test(document.querySelector('.held').innerText)");
      expect(await tab.evaluate("document.querySelectorAll('.record').length")).toBeLessThan(60);
      await tab.evaluate("document.querySelector('.list').scrollTop = 0");
      await tab.until("Number(document.querySelector('.held').innerText.replace(/\\D/g, '')) > 1600");
      expect(await tab.evaluate("document.querySelectorAll('.record').length")).toBeLessThan(60);
      expect(await tab.evaluate("document.querySelector('.list').scrollTop")).toBeGreaterThan(10_000);
    });

    test('says that it is not live when the token may not follow events, and can be signed out', async () => {
      const created = await fetch(`${given.url}/v1/tenants/${TENANT}/tokens`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ scopes: ['read'] }),
      });
      const { token } = (await created.json()) as { token: string };
      const tab = await open('');
      await tab.evaluate(`sessionStorage.setItem('ledgerline.token', ${JSON.stringify(token)}); location.reload()`);
      await tab.until("document.querySelector('.trouble')?.innerText.includes('Not live') === true");
      await tab.until(`${text(ANN)} !== ''`);
      await tab.evaluate(
        "[...document.querySelectorAll('.bar button')].find((button) => button.innerText === 'Sign out').click()",
      );
      await tab.until("sessionStorage.getItem('ledgerline.token') === null");
      await tab.until("document.querySelector('[data-live]')?.innerText.startsWith('LIVE') === true");
    });

    test('finds people and numbers by what they are called', async () => {
      const tab = await open('&q=ann+archer&kind=agent');
      await tab.until("document.querySelector('.record') !== null");
      expect(await tab.evaluate(text('.record .actor'))).toContain('Ann Archer');
      await tab.evaluate("location.hash = '#tenant=lunchlab&kind=call&q=501'");
      await tab.until(`${text('.record .actor')}.includes('501 → 101')`);
    });

    test('goes to what went wrong, by key, and lists nothing else when asked', async () => {
      await given.call('0BS9DD02LOST', ...ANSWERED.slice(0, 1), { type: 'leg.failed', leg: 'ann', cause: 'busy' });
      const tab = await open('');
      await tab.until("document.querySelector('.record') !== null");
      await tab.evaluate(press('N', true));
      await tab.until(`${text('.record.here')}.includes('leg.failed')`);
      await tab.evaluate("document.querySelector('.chip [aria-hidden]').closest('button').click()");
      await tab.until(
        "[...document.querySelectorAll('.record')].every((line) => line.querySelector('em.mishap') !== null)",
      );
      expect(await tab.evaluate('location.hash')).toContain('trouble=1');
    });

    test('keeps a moment under a name, and comes back to it', async () => {
      const tab = await open('&at=40');
      await tab.until("document.querySelector('[data-live]').innerText.includes('#40')");
      await tab.evaluate(press('b'));
      await tab.until("document.querySelectorAll('.flag').length === 1");
      await tab.evaluate(press(' '));
      await tab.until("document.querySelector('[data-live]').innerText.startsWith('LIVE')");
      await tab.evaluate(click('.flag'));
      await tab.until("document.querySelector('[data-live]').innerText.includes('#40')");
      await tab.evaluate(press('b'));
      await tab.until("document.querySelectorAll('.flag').length === 0");
    });

    test('plays the log from a moment on', async () => {
      const first = await fetch(`${given.url}/console/data/rows?tenant=${TENANT}&after=0&limit=1`);
      const { rows } = (await first.json()) as { rows: { position: number }[] };
      const begin = rows[0]?.position;
      const tab = await open(`&at=${begin}`);
      await tab.until(`${HERE} === '${begin}'`);
      await tab.evaluate(press('p'));
      await tab.until(`${HERE} !== '${begin}'`);
      await tab.evaluate("location.hash = '#tenant=lunchlab&at=30'");
      await tab.until("document.querySelector('[data-playing]').dataset.playing === 'false'");
    });

    test('says how far subscribers have been told', async () => {
      const tab = await open('');
      await tab.until("document.querySelector('.record') !== null");
      await tab.evaluate(
        "[...document.querySelectorAll('.bar button')].find((one) => one.innerText === 'Deliveries').click()",
      );
      await tab.until(`${text('dialog[open]')}.includes('Nobody subscribed yet')`);
    });

    test('is live in more tabs than a browser has connections to one server', async () => {
      const many = await Promise.all(Array.from({ length: 8 }, () => open('')));
      for (const tab of many) {
        // As a window of its own would be: of the tabs of one, all but one are in the background.
        await tab.evaluate("Object.defineProperty(document, 'hidden', { get: () => false })");
        await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        await tab.until("document.querySelector('[data-live]')?.innerText.startsWith('LIVE') === true");
      }
      await given.agent('bbaker', { type: 'setReady' });
      const newest = given.world.runtime.live.position;
      for (const tab of many) await tab.until(`${text('[data-live]')}.replace(/\\D/g, '') === '${newest}'`);
    });

    test('a call that rings is on the wall, however many came after it', async () => {
      const [arrive = { type: 'arrive' }] = ANSWERED;
      const ended = { type: 'leg.ended', leg: 'caller' };
      await given.call('0BS9DD02LEMUJ', arrive);
      for (let number = 0; number < 310; number += 1) await given.call(`0BS9DD02LE${100 + number}`, arrive, ended);
      const tab = await open('');
      await tab.until(`${text('[data-actor="call/0BS9DD02LEMUJ"]')}.includes('501')`);
    });

    test('filters what it lists', async () => {
      const tab = await open('&q=established');
      await tab.until("document.querySelector('.record') !== null");
      const listed = (await tab.evaluate(
        "[...document.querySelectorAll('.record')].map((line) => line.innerText)",
      )) as string[];
      expect(listed.every((line) => line.includes('established'))).toBe(true);
    });
  },
);

describe.skipIf(NO_BROWSER !== undefined)('the console of a server that asks who one is, in a browser', () => {
  test('asks for a token, and keeps it for this tab alone', async () => {
    const [given, browser] = await Promise.all([givenConsole({ openOnLoopback: false }), startBrowser()]);
    try {
      const tab = await browser.open(`${given.url}/console#tenant=${TENANT}`);
      await tab.until("document.getElementById('token') !== null");
      await tab.evaluate("document.getElementById('token').value = 'a wrong one'");
      await tab.evaluate(click('.sign-in .primary'));
      await tab.until("sessionStorage.getItem('ledgerline.token') === 'a wrong one'");
      await tab.until(`${text('.sign-in .bad')}.includes('does not know the token')`);
      expect(await tab.evaluate("localStorage.getItem('ledgerline.token')")).toBeNull();
    } finally {
      await browser.close();
      await given.stop();
    }
  });
});
