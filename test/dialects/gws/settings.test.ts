import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gws, givenGws } from './given.ts';

describe('settings', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws();
  });
  afterEach(() => gws.stop());

  const written = (value: string) =>
    gws.ask({
      method: 'PUT',
      path: '/api/v2/me/settings/desk',
      body: { settings: [{ name: 'theme', value }] },
      as: 'ksippo:',
    });

  it('a new section that several write at once is written by each', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(written));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('a section of one’s own hides everybody’s, until it is taken away', async () => {
    const attributes = { section: 'desk', values: { theme: { value: 'light' } } };
    const to = { tenant: 'genesys', kind: 'preference', id: 'everybodys' };
    await gws.world.record('genesys', { to, event: { type: 'create', attributes } });
    const themes = async () => {
      const { body } = await gws.ask({ path: '/api/v2/me/settings?fields=settings', as: 'ksippo:' });
      return (body.settings as { settings: { value: string }[] }[]).map(({ settings }) => settings[0]?.value);
    };
    expect(await themes()).toEqual(['light']);
    await written('dark');
    expect(await themes()).toEqual(['dark']);
    await gws.ask({ method: 'DELETE', path: '/api/v2/me/settings/desk', as: 'ksippo:' });
    expect(await themes()).toEqual(['light']);
  });

  it('a section of everybody is read after those of ever so many people', async () => {
    const section = (id: number, user?: string) => ({
      to: { tenant: 'genesys', kind: 'preference', id: `p${id}` },
      event: {
        type: 'create',
        attributes: { section: 'desk', values: { theme: { value: 'dark' } }, ...(user === undefined ? {} : { user }) },
      },
    });
    const people = Array.from({ length: 1_000 }, (_, id) => section(id, `user-${id}`));
    for (let from = 0; from < people.length; from += 250)
      await gws.world.record('genesys', ...people.slice(from, from + 250));
    await gws.world.record('genesys', section(people.length));
    const { body } = await gws.ask({ path: '/api/v2/me/settings/desk', as: 'ksippo:' });
    expect(body.settings).toEqual([{ name: 'theme', value: 'dark' }]);
  });
});
