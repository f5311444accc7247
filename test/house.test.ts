/**
 * The rules of the house that a program can check: who may import whom, who alone may touch what, how files are named and
 * begun. A failure names the file and the rule.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** The console's page: built for browsers, so other rules of import hold. */
const PAGE = 'src/console/web';

interface Source {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Of ours: paths from the root. Of others: package names. */
  readonly imports: readonly string[];
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function filesBelow(folder: string, named = /\.(ts|mjs)$/, except = PAGE): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((item) => {
    const path = `${folder}/${item.name}`;
    if (item.isDirectory())
      return item.name === 'node_modules' || path === except ? [] : filesBelow(path, named, except);
    return named.test(item.name) ? [path] : [];
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

const sources = ['src', 'machines', 'projections'].flatMap((folder) => filesBelow(folder)).map(sourceOf);
const page = filesBelow(PAGE, /\.tsx?$/).map(sourceOf);
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
  ['identity', 'contacts', 'licences', 'blobs', 'history', 'timers', 'switch', 'subscribers'],
  ['distributor'],
  ['simulate'],
  ['http'],
  ['dialects', 'demo'],
  ['server', 'console'],
  ['nats', 'clock.ts', 'compiled.ts', 'config.ts', 'mint-id.ts', 'progress-bar.ts', 'variables.ts'],
  ['backup'],
  ['composition'],
  ['main.ts'],
  ['client'],
  ['cli', 'setup'],
];

const TOP_LEVEL: readonly string[] = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'nats.conf', 'README.md', 'LICENSE', '.gitignore'],
  ...['src', 'machines', 'projections', 'test', 'docs', '.ci', '.config'],
];

/** Two to six, and one or two more where a form is drawn. */
const OPENING_LINES_MAX = 8;

/** Rooms of test that mirror no room of the sources. */
const TEST_ROOMS = ['contracts', 'conformance', 'simulation', 'faults', 'bench', 'support', 'docs'];

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)/.exec(path)?.[1];
}

function layerOf(path: string): number {
  const room = roomOf(path);
  return LAYERS.findIndex((layer) => room !== undefined && layer.includes(room));
}

describe('the house', () => {
  test('has the top level its owner drew, and no more', () => {
    const made = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
    const top = readdirSync(ROOT).filter(
      (name) => name !== '.git' && !made.includes(name) && !made.includes(`${name}/`),
    );
    expect(top.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
  });

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

  test('takes responses from Koa in one place, so that none leaves without the headers that every answer carries', () => {
    const taken = breaches(({ path, text }) =>
      path === 'src/http/answer.ts' ? [] : (text.match(/\.respond = |\bcontext\.res\b/g) ?? []),
    );
    expect(taken).toEqual([]);
  });

  test('lets the rosters be read by the ledger alone, and by the thread that projects for it', () => {
    const readers = breaches(({ imports }) =>
      imports.filter((target) => /^(machines|projections)\/index\.ts$/.test(target)),
    );
    expect(readers.map((breach) => breach.split(':')[0])).toEqual(
      expect.arrayContaining(['src/composition/ledger.ts']),
    );
    expect(
      readers.filter(
        (breach) => !/^src\/(composition\/(ledger|projecting-program)\.ts|history|simulate|cli)/.test(breach),
      ),
    ).toEqual([]);
  });

  test('keeps the thread that projects small: it loads no package', () => {
    const values = /(?:^|\n)(?:import|export)(?! type)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]/g;
    const packages: string[] = [];
    const loaded = new Set(['src/composition/projecting-program.ts']);
    for (const path of loaded)
      for (const [, name = ''] of sourceOf(path).text.matchAll(values)) {
        if (name.startsWith('.')) loaded.add(relative(ROOT, resolve(ROOT, dirname(path), name)));
        else if (!name.startsWith('node:')) packages.push(`${path}: ${name}`);
      }
    expect(loaded).toContain('src/projector/chunk-writer.ts');
    expect(packages).toEqual([]);
  });

  test('passes clock, chance and environment in', () => {
    const takers = breaches(({ path, text }) => {
      if (/^src\/(main|clock|config|composition\/(centre|ledger))\.ts$|^src\/(setup|cli|nats)\//.test(path)) return [];
      return ['Date.now()', 'new Date()', 'Math.random(', 'process.env'].filter((word) => text.includes(word));
    });
    expect(takers).toEqual([]);
  });

  test('takes the path of a file from no address, where blanks and umlauts are written otherwise', () => {
    const taken = [...sources, ...page, ...tests].filter(({ text }) => /import\.meta\.url\)\.pathname/.test(text));
    expect(taken.map(({ path }) => path)).toEqual([]);
  });

  test('names files in kebab-case, after what they are', () => {
    const misnamed = [...sources, ...page, ...tests]
      .map(({ path }) => path)
      .filter((path) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(tsx?|mjs)$/.test(path.split('/').at(-1) ?? ''));
    expect(misnamed).toEqual([]);
    const vague = [...sources, ...page, ...tests].filter(({ path }) =>
      /(^|\/)(utils?|types|helpers?|common|impl|manager|misc)(\.|\/)/.test(path),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  test('has an index only as a roster', () => {
    const indexes = sources.filter(({ path }) => /\/index\.ts$/.test(path)).map(({ path }) => path);
    expect(indexes).toEqual(['machines/index.ts', 'projections/index.ts']);
  });

  test('opens every file by saying what it is for', () => {
    const openings = [...sources, ...page].map(({ path, text }) => ({
      path,
      lines: /^(?:#!.*\n)?\/\*\*(.*?)\*\//s.exec(text)?.[1]?.trim().split('\n').length ?? 0,
    }));
    expect(openings.filter(({ lines }) => lines === 0 || lines > OPENING_LINES_MAX)).toEqual([]);
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
    const unfinished = breaches(
      ({ text }) => words.filter((word) => word.test(text)).map(String),
      [...sources, ...page],
    );
    expect(unfinished).toEqual([]);
  });

  test('says why, wherever a check is told to look away', () => {
    const unexplained = breaches(
      ({ text }) => text.match(/(biome-ignore \S+|@ts-expect-error)(:?\s*$)/gm) ?? [],
      [...sources, ...page, ...tests],
    );
    expect(unexplained).toEqual([]);
  });

  test('knows HTTP in its faces only', () => {
    const below = LAYERS.slice(
      0,
      LAYERS.findIndex((layer) => layer.includes('http')),
    )
      .flat()
      .filter((room) => room !== 'subscribers');
    const speakers = breaches(({ path, text }) =>
      below.includes(roomOf(path) ?? '') ? (text.match(/\b(http|status|statusCode):? (=+ )?[1-5]\d\d\b/g) ?? []) : [],
    );
    expect(speakers).toEqual([]);
  });

  test('tests each room in a room of the same name', () => {
    const rooms = new Set([
      ...LAYERS.flat().map((room) => room.replace('.ts', '')),
      'machines',
      'projections',
      ...TEST_ROOMS,
    ]);
    const strays = tests.filter(({ path }) => {
      const room = /^test\/([^/]+)\//.exec(path)?.[1];
      return room === undefined ? !/^test\/[a-z-]+\.test\.ts$/.test(path) : !rooms.has(room);
    });
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  test('states in its tests what is, and waits there for no clock but its own', () => {
    const wish = /\b(?:test|it)(?:\.\w+)?\(\s*['"`]should\b/i;
    const sleep = /\{[^}]*setTimeout[^}]*\} from 'node:timers\/promises'/;
    const breaking = breaches(({ text }) => [wish, sleep].filter((word) => word.test(text)).map(String), tests);
    expect(breaking.filter((breach) => !/^test\/(support|faults|bench)\//.test(breach))).toEqual([]);
  });

  test('names no host of a package registry', () => {
    const texts = ['src', 'machines', 'projections', 'test', 'docs', '.config', '.ci']
      .flatMap((folder) => filesBelow(folder, /\.(ts|tsx|mjs|json|md|html|css|conf|yml)$|^[^.]+$/, ''))
      .concat(['package.json', 'README.md', 'nats.conf', '.gitignore']);
    const hosts = texts.filter((path) =>
      /registry\.[a-z]+\.(org|com)|(deb|security)\.[a-z]+\.org/i.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(hosts).toEqual([]);
  });
});
