/** What an actor remembers, as a tree, with what its last record changed marked in place. */
import { create, type Delta } from 'jsondiffpatch';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from '../../../model/json.ts';
import { clockTime, dayOf } from './times.ts';

const differ = create({
  objectHash: (item, index) => String((item as { id?: unknown }).id ?? `$${index}`),
  arrays: { detectMove: false },
});

type Change = { readonly was?: Json; readonly is?: Json };

export function ContextTree({ was, is }: { was: Json | undefined; is: Json }) {
  const [changesOnly, setChangesOnly] = useState(false);
  const delta = was === undefined ? undefined : differ.diff(was, is);
  return (
    <div class="tree">
      <label class="choice">
        <input
          type="checkbox"
          checked={changesOnly}
          onChange={({ currentTarget }) => setChangesOnly(currentTarget.checked)}
        />
        Only what is different
      </label>
      {changesOnly && delta === undefined ? (
        <p class="empty">
          {was === undefined ? 'There is nothing to compare with.' : 'What it remembers is the same.'}
        </p>
      ) : (
        <ul aria-label="Context">{branchesOf(is, delta, changesOnly)}</ul>
      )}
    </div>
  );
}

function branchesOf(is: Json, delta: Delta, changesOnly: boolean): ComponentChildren {
  if (Array.isArray(is)) return elements(is, delta, changesOnly);
  if (is === null || typeof is !== 'object') return null;
  const changes = (delta ?? {}) as Record<string, Delta>;
  const removed = Object.keys(changes).filter((name) => !(name in is));
  const names = [...Object.keys(is), ...removed].filter((name) => !changesOnly || name in changes);
  return names.map((name) => (
    <Branch
      key={name}
      name={name}
      is={(is as { readonly [name: string]: Json })[name]}
      delta={changes[name]}
      changesOnly={changesOnly}
    />
  ));
}

/** jsondiffpatch writes `3` for what changed at index 3 now, `_3` for what was removed from it. */
function elements(is: readonly Json[], delta: Delta, changesOnly: boolean): ComponentChildren {
  const changes = (delta ?? {}) as Record<string, Delta>;
  const removed = Object.keys(changes).filter((name) => /^_\d/.test(name));
  return [
    ...is.flatMap((item, index) =>
      changesOnly && changes[index] === undefined
        ? []
        : [<Branch key={index} name={String(index)} is={item} delta={changes[index]} changesOnly={changesOnly} />],
    ),
    ...removed.map((name) => (
      <Branch key={name} name={name.slice(1)} is={undefined} delta={changes[name]} changesOnly={changesOnly} />
    )),
  ];
}

function Branch({
  name,
  is,
  delta,
  changesOnly,
}: {
  name: string;
  is: Json | undefined;
  delta: Delta;
  changesOnly: boolean;
}) {
  const change = changeOf(delta);
  const deep = change === undefined && is !== null && typeof is === 'object' && Object.keys(is).length > 0;
  const touched = delta !== undefined;
  const [open, setOpen] = useState<boolean | undefined>(undefined);
  const shown = open ?? (touched || Object.keys((is ?? {}) as object).length <= 6);
  if (!deep) {
    return (
      <li class={touched ? 'touched' : ''}>
        <span class="key">{name}</span>{' '}
        {change === undefined ? <Leaf value={is} name={name} /> : <Changed {...change} name={name} />}
      </li>
    );
  }
  return (
    <li class={touched ? 'touched' : ''}>
      <button type="button" class="twig" aria-expanded={shown} onClick={() => setOpen(!shown)}>
        <span aria-hidden="true">{shown ? '▾' : '▸'}</span>
        <span class="key">{name}</span>
        {!shown && (
          <span class="faint">{Array.isArray(is) ? `${is.length} items` : `${Object.keys(is).length} fields`}</span>
        )}
      </button>
      {shown && <ul>{branchesOf(is, delta, changesOnly)}</ul>}
    </li>
  );
}

function Changed({ was, is, name }: Change & { name: string }) {
  return (
    <>
      {was !== undefined && (
        <del>
          <Leaf value={was} name={name} />
        </del>
      )}
      {was !== undefined && is !== undefined && <span class="faint"> → </span>}
      {is !== undefined && (
        <ins>
          <Leaf value={is} name={name} />
        </ins>
      )}
    </>
  );
}

const EPOCH_MIN = Date.UTC(2000, 0);
const EPOCH_MAX = Date.UTC(2200, 0);

/** Numbers that can only be times are shown as such, too. */
export function Leaf({ value, name }: { value: Json | undefined; name: string }) {
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value > EPOCH_MIN &&
    value < EPOCH_MAX &&
    !/(Ms|Id)$/.test(name)
  ) {
    return (
      <span class="number" title={String(value)}>
        {dayOf(value)} {clockTime(value, true)}
      </span>
    );
  }
  const look = value === null ? 'faint' : typeof value === 'string' ? 'text' : 'number';
  return <span class={look}>{JSON.stringify(value)}</span>;
}

/** Undefined for what is unchanged as a whole. */
function changeOf(delta: Delta): Change | undefined {
  if (!Array.isArray(delta)) return undefined;
  if (delta.length === 1) return { is: delta[0] as Json };
  if (delta.length === 2) return { was: delta[0] as Json, is: delta[1] as Json };
  return { was: delta[0] as Json };
}
