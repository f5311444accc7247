/**
 * The rules of the house that a program can check: who may import whom, who alone may touch what, how files are named and
 * begun. A failure names the file and the rule.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface Source {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Of ours: paths from the root. Of others: package names. */
  readonly imports: readonly string[];
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((item) => {
    const path = `${folder}/${item.name}`;
    if (item.isDirectory()) return item.name === 'node_modules' || path === 'src/console/web' ? [] : filesBelow(path);
    return /\.(ts|mjs)$/.test(item.name) ? [path] : [];
  });
}

function sourceOf(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? '';
    return name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : name;
  });
  return { path, text, imports };
}

const sources = ['src', 'machines', 'projections'].flatMap(filesBelow).map(sourceOf);
const tests = filesBelow('test').map(sourceOf);

/** Files that break a rule, with what they did. */
function breaches(rule: (source: Source) => readonly string[], among: readonly Source[] = sources): string[] {
  return among.flatMap((source) => rule(source).map((what) => `${source.path}: ${what}`));
}

/** Rooms of src from the bottom up; rooms on one line may not see each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['model'],
  ['log'],
  ['actors', 'projector'],
  ['runtime.ts'],
  ['identity', 'blobs', 'history', 'timers', 'switch', 'subscribers'],
  ['distributor'],
  ['simulate'],
  ['http'],
  ['dialects', 'demo'],
  ['server', 'console'],
  ['nats', 'clock.ts', 'config.ts', 'mint-id.ts', 'progress-bar.ts'],
  ['ledger.ts', 'telephony.ts'],
  ['faces.ts', 'services.ts', 'consumers.ts'],
  ['centre.ts'],
  ['main.ts'],
  ['cli', 'client', 'setup'],
];

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)/.exec(path)?.[1];
}

function layerOf(path: string): number {
  const room = roomOf(path);
  return LAYERS.findIndex((layer) => room !== undefined && layer.includes(room));
}

describe('the house', () => {
  test('has a place for every file', () => {
    const homeless = sources.filter(
      ({ path }) => path.startsWith('src/') && path !== 'src/errors.ts' && layerOf(path) < 0,
    );
    expect(homeless.map(({ path }) => path)).toEqual([]);
  });

  test('imports downwards only', () => {
    const upwards = breaches(({ path, imports }) =>
      imports.filter((target) => {
        if (!path.startsWith('src/') || !target.startsWith('src/') || target === 'src/errors.ts') return false;
        if (roomOf(path) === roomOf(target)) return false;
        // The server answers what nobody owns in the form of the native API.
        return layerOf(target) >= layerOf(path);
      }),
    );
    expect(upwards).toEqual([]);
  });

  test('keeps neighbours apart: dialects, kinds, subscribers, switches', () => {
    const strangers = breaches(({ path, imports }) => {
      const room = /^((?:src\/(?:dialects|subscribers|switch)|machines)\/[^/]+)\//.exec(path)?.[1];
      if (room === undefined) return [];
      const street = dirname(room);
      return imports.filter((target) => {
        const other = new RegExp(`^${street}/[^/]+(?=/)`).exec(target)?.[0];
        return other !== undefined && other !== room;
      });
    });
    // Every directory kind is a record; a call tells agents by their own events.
    expect(strangers.filter((breach) => !/machines\/.*: machines\/(record|agent|call)\//.test(breach))).toEqual([]);
  });

  test('lets machines see xstate, zod and the words of the model only', () => {
    const beyond = breaches(({ path, imports }) =>
      path.startsWith('machines/')
        ? imports.filter((target) => !/^(xstate|zod|machines\/.*|src\/model\/.*|node:assert.*)$/.test(target))
        : [],
    );
    expect(beyond).toEqual([]);
  });

  test.each([
    ['xstate', /^xstate/, /^(machines\/|src\/actors\/step\.ts)/],
    ['NATS', /^(nats|@nats-io\/.*)$/, /^src\/(log|nats)\//],
    ['SQLite', /^node:sqlite$/, /^src\/projector\/database\.ts$/],
    ['Koa', /^(koa|@koa\/.*|koa-.*)$/, /^src\/(server|http|dialects\/[^/]+)\//],
  ])('fences in %s', (_, packages, allowed) => {
    const outside = breaches(({ path, imports }) =>
      allowed.test(path) ? [] : imports.filter((target) => packages.test(target)),
    );
    expect(outside).toEqual([]);
  });

  test('lets the rosters be read by the ledger alone', () => {
    const readers = breaches(({ imports }) =>
      imports.filter((target) => /^(machines|projections)\/index\.ts$/.test(target)),
    );
    expect(readers.map((breach) => breach.split(':')[0])).toEqual(expect.arrayContaining(['src/ledger.ts']));
    expect(readers.filter((breach) => !/^src\/(ledger|history|simulate|cli)/.test(breach))).toEqual([]);
  });

  test('passes clock, chance and environment in', () => {
    const takers = breaches(({ path, text }) => {
      if (/^src\/(main|centre|ledger|clock|config)\.ts$|^src\/(setup|cli|nats)\//.test(path)) return [];
      return ['Date.now()', 'new Date()', 'Math.random(', 'process.env'].filter((word) => text.includes(word));
    });
    expect(takers).toEqual([]);
  });

  test('names files in kebab-case, after what they are', () => {
    const misnamed = [...sources, ...tests]
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(ts|mjs)$/.test(path.split('/').at(-1) ?? ''));
    expect(misnamed).toEqual([]);
    const vague = sources.filter(({ path }) =>
      /(^|\/)(utils?|types|helpers?|common|impl|manager|misc)\.ts$/.test(path),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  test('has an index only as a roster', () => {
    const indexes = sources.filter(({ path }) => /\/index\.ts$/.test(path)).map(({ path }) => path);
    expect(indexes).toEqual(['machines/index.ts', 'projections/index.ts']);
  });

  test('opens every file by saying what it is for', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('has no import cycles, types included', () => {
    const edges = new Map(sources.map(({ path, imports }) => [path, imports.filter((target) => /\.ts$/.test(target))]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      else if (!done.has(path)) {
        for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
        done.add(path);
      }
    };
    for (const { path } of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test('leaves nothing unfinished and nothing switched off', () => {
    const words = [/\bTODO\b/, /\bFIXME\b/, /\bXXX\b/, /@ts-ignore/, /@ts-nocheck/, /not implemented/i];
    const unfinished = breaches(({ text }) => words.filter((word) => word.test(text)).map(String));
    expect(unfinished).toEqual([]);
  });
});
