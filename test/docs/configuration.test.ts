import { expect, test } from 'vitest';
import { CLIENT_VARIABLES } from '../../src/cli/settings.ts';
import { VARIABLES } from '../../src/variables.ts';
import { documentAt } from './examples.ts';

test('docs/configuration.md lists the variables that there are, in the same words', () => {
  const rows = [...documentAt('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| (.*) \| (.*) \|$/gm)];
  const listed = rows.map(([, name, fallback, meaning]) => ({ name, fallback, meaning }));
  expect(listed).toEqual([...VARIABLES, ...CLIENT_VARIABLES]);
});
