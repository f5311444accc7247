/** Records and claims together, in whole turns: a unique name has one holder, whoever asks and in whatever command. */
import { describe, expect, it } from 'vitest';
import type { ClaimContext } from '../../../machines/claim/machine.ts';
import { kinds } from '../../../machines/index.ts';
import { stepperOf } from '../../../src/actors/step.ts';
import { type Standing, turn } from '../../../src/actors/turn.ts';
import { type ActorId, actorOfKey, keyOf } from '../../../src/model/actor-id.ts';
import type { MachineEvent } from '../../../src/model/command.ts';

const user = (id: string): ActorId => ({ tenant: 'acme', kind: 'user', id });
const named = (name: string) => [{ scope: 'installation', name: `gws.userName:${name}` }];
const create = (name: string): MachineEvent => ({
  type: 'create',
  attributes: { firstName: 'A', lastName: 'B', roles: ['agent'] },
  claims: named(name),
});
const rename = (...names: readonly string[]): MachineEvent => ({ type: 'change', claims: names.flatMap(named) });

function directory() {
  const standings = new Map<string, Standing>();
  const standing = (key: string): Standing | undefined => {
    const actor = actorOfKey(key);
    const kind = actor && kinds.get(actor.kind);
    if (actor === undefined || kind === undefined) return undefined;
    const unborn = { actor, key, kind, version: 0, hash: null, time: 0, live: stepperOf(kind).initial, position: 0 };
    return standings.get(key) ?? unborn;
  };
  return {
    submit(...deliveries: readonly (readonly [string, MachineEvent])[]) {
      const command = {
        id: 'c',
        tenant: 'acme',
        by: 'test',
        via: 'native',
        deliveries: deliveries.map(([id, event]) => ({ to: user(id), event })),
      };
      const result = turn(command, 1_000, { kinds, standing, mintId: () => 'id' });
      if (result.kind === 'moved') {
        for (const record of result.records) standings.set(keyOf(record.actor), record.standing);
      }
      return result;
    },
    holderOf(name: string): string | null | undefined {
      const claim = { tenant: 'installation', kind: 'claim', id: `gws.userName:${name}` };
      return (standing(keyOf(claim))?.live.snapshot.context as ClaimContext | undefined)?.owner;
    },
  };
}

describe('a unique name', () => {
  it('refuses the whole command of a second who wants it, saying which', () => {
    const users = directory();
    users.submit(['ann', create('sun')]);
    expect(users.submit(['ben', create('sun')])).toMatchObject({
      kind: 'rejected',
      rejection: {
        code: 'reason',
        reason: 'taken',
        details: { claim: 'gws.userName:sun', owner: 'acme/user/ann' },
      },
    });
    expect(users.submit(['ben', rename('moon')])).toMatchObject({ rejection: { code: 'unknownActor' } });
  });

  it('is free again after a rename or a removal', () => {
    const users = directory();
    users.submit(['ann', create('sun')]);
    users.submit(['ann', rename('moon')]);
    expect([users.holderOf('sun'), users.holderOf('moon')]).toEqual([null, 'acme/user/ann']);
    users.submit(['ann', { type: 'remove' }]);
    expect(users.submit(['ben', create('moon')]).kind).toBe('moved');
    expect(users.holderOf('moon')).toBe('acme/user/ben');
  });

  it('is handed over, and two are exchanged, within one command', () => {
    const users = directory();
    users.submit(['ann', create('sun')]);
    expect(users.submit(['ann', rename()], ['ben', create('sun')]).kind).toBe('moved');
    users.submit(['ann', rename('moon')]);
    expect(users.submit(['ann', rename()], ['ben', rename('moon')], ['ann', rename('sun')]).kind).toBe('moved');
    expect([users.holderOf('sun'), users.holderOf('moon')]).toEqual(['acme/user/ann', 'acme/user/ben']);
  });
});

describe('a check', () => {
  const check = { type: 'check', expect: { firstName: 'A' } };

  it('is no record of the command that it lets be, and refuses the whole of another', () => {
    const users = directory();
    users.submit(['ann', create('sun')]);
    expect(users.submit(['ann', check], ['ben', create('moon')])).toMatchObject({
      kind: 'moved',
      records: [{ actor: { id: 'ben' } }, { actor: { kind: 'claim' }, transition: { data: { part: { of: 2 } } } }],
    });
    users.submit(['ann', { type: 'change', set: { firstName: 'Anna' } }]);
    expect(users.submit(['cam', create('star')], ['ann', check])).toMatchObject({ rejection: { reason: 'changed' } });
    expect(users.holderOf('star')).toBeNull();
  });

  it('is no command by itself', () => {
    const users = directory();
    users.submit(['ann', create('sun')]);
    expect(users.submit(['ann', check])).toMatchObject({ rejection: { code: 'badEvent', event: 'check' } });
  });
});
