import { expect, test } from 'vitest';
import { createThrottle } from '../../src/identity/throttle.ts';
import { networkOf } from '../../src/model/addresses.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1:2:3:4:5:6:7', '0:1:2:3::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('a host that has many addresses gets no more tries for it', async () => {
  const throttle = createThrottle({ perName: 100, perAddress: 3, perRepeat: 7, windowS: 900 });
  const tried = async (address: string) => (await throttle.enter(`name at ${address}`, address)) === undefined;
  const own = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::', '2001:db8:1:2::3'];
  const outcomes: boolean[] = [];
  for (const address of own) outcomes.push(await tried(address));
  expect(outcomes).toEqual([true, true, true, false]);
  expect(await tried('2001:db8:1:3::1')).toBe(true);
});
