/**
 * Telephones and a real Asterisk in which anything may happen next, commands through APIs and keys pressed in the same moment, the
 * link broken, the server and Asterisk ended in between. After every quiet moment Asterisk has what the live calls ask for, and
 * nothing else; at the end nothing is left.
 * A seed that fails prints itself in the title, and what was done. LEDGERLINE_TELEPHONE_SEEDS=1-200 runs others.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Random, randomOf } from '../../../src/simulate/random.ts';
import { withoutAsterisk } from '../../support/asterisk.ts';
import { eventually } from '../../support/eventually.ts';
import { disagreements } from './agreement.ts';
import { People } from './people.ts';
import { givenTelephones, type Telephones } from './telephones.ts';

const [FIRST = 1, LAST = FIRST] = (process.env.LEDGERLINE_TELEPHONE_SEEDS ?? '1-4').split('-').map(Number);
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, n) => FIRST + n);
const ROUNDS = 5;
const DEEDS = 8;
const why = withoutAsterisk === undefined ? '' : ` (skipped: ${withoutAsterisk})`;

describe.skipIf(withoutAsterisk !== undefined)(`an Asterisk among people who do anything${why}`, () => {
  let telephones: Telephones;
  beforeAll(async () => {
    telephones = await givenTelephones();
  });
  afterAll(() => telephones?.remove());

  /** A telephone that is asked to pick up and is silent rings out first. */
  const agreed = (people: People) =>
    eventually('Asterisk has what the calls ask for', async () => {
      people.pickUpWhatWasAskedFor();
      const wrong = await disagreements(telephones);
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
      return true;
    });

  const fail = async (people: People, random: Random) => {
    const what = random();
    if (what < 0.2) {
      people.deeds.push('the link breaks');
      telephones.cut();
    } else if (what < 0.4) {
      people.deeds.push('the server starts again');
      await telephones.stop();
      await people.act();
      await telephones.start();
    } else if (what < 0.45) {
      people.deeds.push('Asterisk starts again');
      await telephones.asterisk.kill9();
      people.hearNothingMore();
      await telephones.asterisk.start();
      for (const phone of Object.values(telephones.phones)) await phone.register(3_600);
    }
  };

  test.each(SEEDS)('seed %i: Asterisk has what the calls ask for, and nothing is left', async (seed) => {
    const random = randomOf(seed);
    const people = new People(telephones, random, seed);
    const problems = telephones.problems.length;
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let deed = 0; deed < DEEDS; deed += 1) {
          await people.act();
          for (let n = Math.floor(random() ** 2 * 8); n > 0; n -= 1) await telephones.asterisk.get('/asterisk/ping');
        }
        await fail(people, random);
        await agreed(people);
        people.deeds.push('quiet');
      }
      await people.goHome();
      await agreed(people);
      expect(telephones.problems.slice(problems)).toEqual([]);
    } catch (error) {
      // What it left is no other seed's fault.
      await telephones.remove();
      telephones = await givenTelephones();
      throw new Error(`after\n${people.deeds.join('\n')}`, { cause: error });
    }
  });
});
