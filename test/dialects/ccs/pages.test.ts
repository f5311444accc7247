import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, NO_BROWSER, startBrowser } from '../../support/browser.ts';
import { CCSLAB15, type GivenCcs, givenCcs } from './given.ts';

let ccs: GivenCcs;
beforeAll(async () => {
  ccs = await givenCcs();
});
afterAll(() => ccs.stop());

describe('the test pages', () => {
  test.each(['apitest.html', 'wstest.html'])(
    '%s is served without credentials, and loads nothing from elsewhere',
    async (name) => {
      const response = await fetch(`${ccs.url}/6/v2/${name}`);
      const html = await response.text();
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(html).not.toMatch(/https?:\/\/[a-z]|(?:src|href)=/i);
      for (const word of ['Domain', 'Tenant Domain', 'Request Body', 'Response Body', 'Submit', 'Clear'])
        expect(html).toContain(word);
      if (name === 'apitest.html')
        for (const word of ['Request Headers', 'Response Headers']) expect(html).toContain(word);
    },
  );

  test('are pages only to be read, and the only ones there are', async () => {
    const statuses = await Promise.all(
      [
        ['POST', 'apitest.html'],
        ['GET', 'other.html'],
        ['POST', 'sock'],
      ].map(async ([method, path]) => (await fetch(`${ccs.url}/6/v2/${path}`, { method: method ?? '' })).status),
    );
    expect(statuses).toEqual([404, 404, 404]);
  });
});

describe.skipIf(NO_BROWSER !== undefined)(
  `in a browser${NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());
    const fill = (id: string, value: string) => `document.getElementById('${id}').value = ${JSON.stringify(value)}`;
    const click = (id: string) => `document.getElementById('${id}').click()`;
    const text = (id: string) => `document.getElementById('${id}').textContent`;

    test('apitest.html asks the API and shows what it answers, until it is cleared', async () => {
      const tab = await browser.open(`${ccs.url}/6/v2/apitest.html`);
      expect(await tab.evaluate("document.getElementById('domain').value")).toBe(new URL(ccs.url).host);
      await tab.evaluate(fill('tenant', CCSLAB15.slice('/tenants/'.length)));
      await tab.evaluate(fill('headers', 'Content-Type: application/json\nAuthorization: Bearer demo-telco'));
      await tab.evaluate(
        "(() => { const list = document.getElementById('example'); list.value = '9'; list.dispatchEvent(new Event('change')); })()",
      );
      await tab.evaluate(click('submit'));
      await tab.until(`${text('status')} === 'Answered with 200'`);
      expect(await tab.evaluate(text('response-headers'))).toMatch(/^200 OK\n.*content-type: application\/json/s);
      expect(await tab.evaluate(text('response-body'))).toContain('"success": true');
      await tab.evaluate(`${fill('path', '/tenants/{tenant}/extensions/{extension}')}; ${click('submit')}`);
      expect(await tab.evaluate(text('status'))).toBe('Put an id in place of {extension} in the Request first');
      await tab.evaluate(`${fill('tenant', '')}; ${click('submit')}`);
      expect(await tab.evaluate(text('status'))).toBe('Fill in the Tenant Domain first');
      await tab.evaluate(`${fill('method', 'GET')}; ${fill('path', '/nowhere')}; ${click('submit')}`);
      await tab.until(`${text('status')} === 'Answered with 404'`);
      expect(await tab.evaluate(text('response-body'))).toMatch(/^GET .*nowhere\n.*Not Found.*text_count/s);
      await tab.evaluate(click('clear'));
      expect(await tab.evaluate(`${text('response-body')} + ${text('response-headers')}`)).toBe('');
    });

    test('wstest.html lists the events it receives, until it is cleared', async () => {
      const tab = await browser.open(`${ccs.url}/6/v2/wstest.html`);
      const events = "[...document.querySelectorAll('#response-body li')].map((item) => JSON.parse(item.textContent))";
      await tab.evaluate(fill('body', '{"request":"connect","token":"demo-agent-events"}'));
      await tab.evaluate(click('submit'));
      await tab.until(`${events}.length === 1`);
      await ccs.agent('lunchlab', 'aarcher', { type: 'setAway' });
      await tab.until(`${events}.length === 2`);
      expect(await tab.evaluate(events)).toMatchObject([
        { success: true, request: 'connect' },
        { event: 'agent_presence', extension: '101' },
      ]);
      await tab.evaluate(fill('tenant', CCSLAB15.slice('/tenants/'.length)));
      await ccs.agent('lunchlab', 'aarcher', { type: 'setReady' });
      await tab.until(`${text('count')} === '(2; 1 of other tenants not shown)'`);
      await tab.evaluate(click('clear'));
      expect(await tab.evaluate(`${text('count')} + ${events}.length`)).toBe('0');
      await tab.evaluate(`${fill('body', '{"request":"connect","token":"wrong"}')}; ${click('submit')}`);
      await tab.until(`${text('status')} === 'Closed: 1008 Unauthorized'`);
      expect(tab.complaints).toEqual([]);
    });
  },
);
