import { afterEach, describe, expect, it } from 'vitest';
import { type GivenGms, givenGms } from './given.ts';

const SHOP = 'https://shop.example.com';
const ELSEWHERE = 'https://elsewhere.example.org';

let gms: GivenGms;
afterEach(() => gms.stop());

const preflight = (origin: string, line = 'OPTIONS /request-interaction') =>
  gms.ask(line, {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,gms_user',
    },
  });

const readableBy = ({ headers }: { readonly headers: Headers }): string | null =>
  headers.get('access-control-allow-origin');

describe('a page of an allowed origin', () => {
  it('may ask, with the headers of this API', async () => {
    gms = await givenGms({ origins: ['https://*.example.com'] });
    for (const line of ['OPTIONS /request-interaction', 'OPTIONS /genesys/cometd/handshake']) {
      const answer = await preflight(SHOP, line);
      expect([answer.status, readableBy(answer)]).toEqual([204, SHOP]);
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/\bContent-Type\b.*\bgms_user\b/);
      expect(answer.headers.get('access-control-allow-methods')).toMatch(/\bPOST\b.*\bPUT\b.*\bDELETE\b/);
    }
  });

  it('reads every answer: data, refusals, and what is pushed', async () => {
    gms = await givenGms({ origins: [SHOP], holdMs: 400 });
    const headers = { origin: SHOP, gms_user: 'ann' };
    const handshake = [
      { id: '1', version: '1.0', channel: '/meta/handshake', supportedConnectionTypes: ['long-polling'] },
    ];
    const answers = [
      await gms.ask('POST /request-interaction', { form: {}, headers }),
      await gms.ask('GET /nobody/storage', { headers }),
      await gms.ask('PATCH /nobody', { headers }),
      await gms.ask('POST /genesys/cometd', { raw: JSON.stringify(handshake), headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 405, 200]);
    for (const answer of answers) {
      expect(readableBy(answer)).toBe(SHOP);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });
});

describe('a page of another origin', () => {
  it('is told nothing', async () => {
    gms = await givenGms({ origins: [SHOP] });
    expect(readableBy(await preflight(ELSEWHERE))).toBeNull();
    expect(readableBy(await gms.ask('GET /nobody/storage', { headers: { origin: ELSEWHERE } }))).toBeNull();
  });

  it('is what every page is, as long as none is allowed', async () => {
    gms = await givenGms();
    expect(readableBy(await preflight(SHOP))).toBeNull();
    const { headers } = await gms.ask('GET /nobody/storage', { headers: { origin: SHOP } });
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, null]);
  });
});
