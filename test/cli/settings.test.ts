import { expect, test } from 'vitest';
import { CLIENT_VARIABLES } from '../../src/cli/settings.ts';
import { VARIABLES } from '../../src/variables.ts';
import { ran } from './command-line.ts';

const env = {
  LEDGERLINE_PORT: '9000',
  LEDGERLINE_JWT_SECRET: 'a secret of more than thirty-two bytes',
  LEDGERLINE_TOKEN: 'll_secret',
  LEDGERLINE_NATS_URL: 'nats://ann:hidden@nats.example:4222',
};

test('config print shows every setting, where it comes from, and no secret', async () => {
  const { code, out } = await ran(['config', 'print', '--json'], { env, cwd: '/somewhere' });
  const rows = out.map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(rows.map(({ name }) => name)).toEqual([...VARIABLES, ...CLIENT_VARIABLES].map(({ name }) => name));
  expect(rows).toEqual(
    expect.arrayContaining([
      { name: 'LEDGERLINE_PORT', value: '9000', from: 'environment' },
      { name: 'LEDGERLINE_HOST', value: '127.0.0.1', from: 'default' },
      { name: 'LEDGERLINE_DATA', value: '/somewhere/data', from: 'default' },
      { name: 'LEDGERLINE_NATS_URL', value: 'nats://********@nats.example:4222', from: 'environment' },
    ]),
  );
  expect(out.join('')).not.toMatch(/hidden|ll_secret|thirty-two/);
});

test('config print refuses what a server would refuse', async () => {
  const { code, err } = await ran(['config', 'print'], { env: { LEDGERLINE_PORT: 'eighty' } });
  expect({ code, err }).toEqual({ code: 1, err: ['ledgerline: LEDGERLINE_PORT: "eighty" is not a port'] });
});
