/**
 * The built page, read once and kept: its files are few and small. Without a build the console still answers, with a page
 * that says how to build it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface BuiltFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Files below `assets` carry a digest of their content in their name. */
const FOREVER = 'public, max-age=31536000, immutable';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Ledgerline console</title>
<h1>The console is not built</h1>
<p>The server runs and its APIs answer; only this page is missing. To build it, run <code>npm run build</code> in the
folder of Ledgerline, then start the server again. The development packages are needed for it:
<code>npm ci --include=dev</code>.</p></html>
`;

/** By path below `/console/`; the page itself is the empty path. */
export function readBuilt(folder: string): ReadonlyMap<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  if (!existsSync(join(folder, 'index.html'))) {
    files.set('', fileOf('.html', Buffer.from(NOT_BUILT), 'no-store'));
    return files;
  }
  files.set('', fileOf('.html', readFileSync(join(folder, 'index.html')), 'no-cache'));
  for (const name of readdirSync(join(folder, 'assets'))) {
    files.set(`assets/${name}`, fileOf(extname(name), readFileSync(join(folder, 'assets', name)), FOREVER));
  }
  return files;
}

function fileOf(extension: string, content: Buffer, cacheControl: string): BuiltFile {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 20)}"`;
  return { type: TYPES[extension] ?? 'application/octet-stream', cacheControl, etag, content };
}
