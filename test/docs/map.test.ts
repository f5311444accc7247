import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { documentAt } from './examples.ts';

const ROOT = join(import.meta.dirname, '..', '..');
function pagesIn(folder: string): string[] {
  const pages = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return pages.map((name) => `${folder}/${name}`);
}

const DOCUMENTS = ['README.md', 'src/README.md', ...pagesIn('docs')];

test('src/README.md has a place for every room of src', () => {
  const map = documentAt('src/README.md');
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .map((item) => (item.isDirectory() ? `${item.name}/` : item.name))
    .filter((name) => name !== 'README.md');
  const small = ['mint-id.ts', 'progress-bar.ts'];
  expect(rooms.filter((room) => !small.includes(room) && !map.includes(`\`${room}`))).toEqual([]);
});

test('src/README.md names only files that there are', () => {
  const files = [...documentAt('src/README.md').matchAll(/`([\w/.-]+\.ts)`/g)].map(([, path = '']) => path);
  const isOwn = (path: string) =>
    ['', 'src', 'src/log', 'src/actors', 'src/composition', 'machines/agent'].some((folder) =>
      existsSync(join(ROOT, folder, path)),
    );
  const examples = ['events.ts', 'machine.ts', 'routes.ts'];
  expect(files.filter((path) => !examples.includes(path) && !isOwn(path))).toEqual([]);
});

test.each(DOCUMENTS)('the links of %s lead somewhere', (path) => {
  const links = [...documentAt(path).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
});
