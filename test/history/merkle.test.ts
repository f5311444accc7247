import { expect, test } from 'vitest';
import { MerkleTree } from '../../src/history/merkle.ts';

/** The reference leaves and roots of Certificate Transparency (its merkle_tree_test.cc), all of them ASCII. */
const LEAVES = ['', '\u0000', '\u0010', ' !', '01', '@ABC', 'PQRSTUVW', '`abcdefghijklmno'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots are those of RFC 6962', () => {
  const tree = new MerkleTree();
  const roots = [tree.root];
  for (const leaf of LEAVES) {
    tree.append(leaf);
    roots.push(tree.root);
  }
  expect(roots).toEqual(ROOTS);
});

test.each(LEAVES.map((_, size) => size))('a tree of %i leaves is carried on from its peaks', (size) => {
  const before = new MerkleTree();
  for (const leaf of LEAVES.slice(0, size)) before.append(leaf);
  const after = new MerkleTree(before.size, before.peaks);
  for (const leaf of LEAVES.slice(size)) after.append(leaf);
  expect(after.root).toBe(ROOTS.at(-1));
});

test('peaks that are too few or too many are none', () => {
  expect(() => new MerkleTree(3, ['00'])).toThrow('a tree of 3 leaves');
  expect(() => new MerkleTree(4, ['00', '00'])).toThrow('a tree of 4 leaves');
});
