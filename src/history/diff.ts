/**
 * What is different between two JSON values, as a flat list of changes that people and programs can read. Lists are
 * compared by what their items are called (`id`, `leg`, `call`, `name`), else by all that they hold, so that one leg or one
 * member more is one change.
 */
import { create, type Delta } from 'jsondiffpatch';
import { type Json, sameJson } from '../model/json.ts';

/** One difference. `before` is absent for what was added, `after` for what was removed. */
export interface Change {
  /** JSON Pointer (RFC 6901); in a list of named things the index is that of the side that has the item, `after` first. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

const NAMES = ['id', 'leg', 'call', 'name'] as const;

const differ = create({
  objectHash: (item) => {
    const named = item as Readonly<Record<string, unknown>>;
    const name = NAMES.find((each) => typeof named[each] === 'string');
    return name === undefined ? JSON.stringify(item) : `${name}:${named[name]}`;
  },
  arrays: { detectMove: false },
});

/** Empty for equal values. Fields that are undefined count as absent. */
export function diffOf(before: unknown, after: unknown): readonly Change[] {
  if (sameJson(before, after)) return [];
  return changesIn('', differ.diff(plain(before), plain(after)));
}

/** As the log would hold it: an undefined field is none. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/**
 * Walks a delta: `[new]` was added, `[old, new]` replaced, `[old, 0, 0]` removed; of a list (`_t`), `_3` speaks of the
 * old index 3 and `3` of the new one.
 */
function changesIn(path: string, delta: Delta): readonly Change[] {
  if (delta === undefined) return [];
  if (Array.isArray(delta)) {
    if (delta.length === 1) return [{ path, after: delta[0] as Json }];
    if (delta.length === 2) return [{ path, before: delta[0] as Json, after: delta[1] as Json }];
    return [{ path, before: delta[0] as Json }];
  }
  const isList = '_t' in delta && delta._t === 'a';
  return Object.entries(delta).flatMap(([key, inner]) => {
    if (isList && key === '_t') return [];
    const step = isList && key.startsWith('_') ? key.slice(1) : key;
    return changesIn(`${path}/${escaped(step)}`, inner as Delta);
  });
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
