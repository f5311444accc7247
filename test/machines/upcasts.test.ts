import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { upcasts } from '../../machines/upcasts.ts';

test('a kind has the upcast that the roster of upcasts has for it, or neither has one', () => {
  const own = [...kinds].filter(([, kind]) => kind.upcast !== undefined);
  const shapes = own.map(([name, { machineVersion, upcast }]) => [name, { machineVersion, upcast }]);
  expect([...upcasts]).toEqual(shapes);
});
