/**
 * People who do anything at any time: at their telephones, and through an API. What is not possible is refused, and that is
 * all that comes of it.
 */
import { isLive, isUp, phonesOf } from '../../../machines/call/legs.ts';
import type { Random } from '../../../src/simulate/random.ts';
import { eventually } from '../../support/eventually.ts';
import type { Manner, SipPhone } from '../../support/sip-phone.ts';
import { endOf } from '../telephony.ts';
import type { Telephones, Who } from './telephones.ts';

const AGENTS = ['alice', 'bob', 'carol'] as const;
const WHO: readonly Who[] = [...AGENTS, 'outside'];
const NUMBERS = ['101', '102', '103', '8000', '5550123456', '999'];
const MANNERS: readonly Manner[] = ['auto', 'auto', 'rings', 'answers', 'busy', 'declines', 'silent'];

/** What was done; undefined where it was not possible. */
type Done = string | undefined;
type Deed = readonly [name: string, weight: number, does: () => Done | Promise<Done>];

export class People {
  readonly #telephones: Telephones;
  readonly #random: Random;
  readonly #deeds: readonly Deed[];
  #made = 0;
  /** Begins the ids of what they make. */
  readonly #name: string;
  /** What was done, in order. */
  readonly deeds: string[] = [];

  constructor(telephones: Telephones, random: Random, seed: number) {
    this.#telephones = telephones;
    this.#random = random;
    this.#name = `S${seed}`;
    this.#deeds = this.#atPhones().concat(this.#throughApis());
  }

  /** Something that is possible; resolves when it is done, not when all is done that comes of it. */
  async act(): Promise<void> {
    for (let tries = 0; tries < 20; tries += 1) {
      const [name, , does] = this.#any();
      const what = await does();
      if (what === undefined) continue;
      this.deeds.push(`${name} ${what}`);
      return;
    }
  }

  #any(): Deed {
    let at = this.#random() * this.#deeds.reduce((all, [, weight]) => all + weight, 0);
    const found = this.#deeds.find(([, weight]) => {
      at -= weight;
      return at < 0;
    });
    return found ?? (this.#deeds[0] as Deed);
  }

  /** Whoever asked for a call through an API, and whose telephone does not pick up by itself, does so. */
  pickUpWhatWasAskedFor(): void {
    for (const phone of Object.values(this.#telephones.phones))
      for (const talk of phone.talks)
        if (talk.state === 'ringing' && talk.invite.headers.some(([name]) => name === 'call-info')) phone.answer(talk);
  }

  /** Every call is ended, those too that are only beginning. */
  async goHome(): Promise<void> {
    for (const phone of Object.values(this.#telephones.phones)) phone.manner = 'declines';
    await eventually('every call is over', async () => {
      for (const { id } of this.#telephones.live()) await this.#command(`call/${id}`, { type: 'kill' });
      return this.#telephones.live().length === 0 || undefined;
    });
    for (const phone of Object.values(this.#telephones.phones)) phone.manner = 'auto';
  }

  /** Asterisk died: nobody tells their telephones. */
  hearNothingMore(): void {
    for (const phone of Object.values(this.#telephones.phones)) for (const talk of phone.talks) talk.state = 'ended';
  }

  /** @returns one of them; undefined of none */
  #one<Thing>(things: readonly Thing[]): Thing | undefined {
    return things[Math.floor(this.#random() * things.length)];
  }

  #number(): string {
    return this.#one(NUMBERS) ?? '';
  }

  #phone(): SipPhone {
    return this.#telephones.phones[this.#one(WHO) ?? 'outside'];
  }

  #atPhones(): readonly Deed[] {
    const onTalk = (state: string, does: (phone: SipPhone, talk: SipPhone['talks'][number]) => void | false) => () => {
      const phone = this.#phone();
      const talk = this.#one(phone.talks.filter((one) => one.state === state));
      return talk !== undefined && does(phone, talk) !== false ? `${phone.name} ${talk.id}` : undefined;
    };
    return [
      [
        'dial',
        6,
        () => {
          const phone = this.#phone();
          if (phone.talks.filter(({ state }) => state !== 'ended').length > 2) return undefined;
          const number = this.#number();
          phone.dial(number);
          return `${phone.name} ${number}`;
        },
      ],
      ['answer', 12, onTalk('ringing', (phone, talk) => !talk.isCaller && phone.answer(talk))],
      ['decline', 1, onTalk('ringing', (phone, talk) => !talk.isCaller && phone.decline(talk))],
      ['give up', 1, onTalk('ringing', (phone, talk) => phone.hangUp(talk))],
      ['hang up', 2, onTalk('up', (phone, talk) => phone.hangUp(talk))],
      ['hold key', 1, onTalk('up', (phone, talk) => phone.hold(talk))],
      ['retrieve key', 1, onTalk('up', (phone, talk) => phone.retrieve(talk))],
      ['key', 1, onTalk('up', (phone) => (phone.talk?.media === undefined ? false : phone.press('5')))],
      ['refer', 1, onTalk('up', (phone, talk) => phone.transfer(this.#number(), talk))],
      [
        'refer onto',
        1,
        onTalk('up', (phone, talk) => {
          const other = this.#one(phone.talks.filter((one) => one.state === 'up' && one !== talk));
          return other !== undefined && phone.transfer(other, talk);
        }),
      ],
      [
        'manner',
        2,
        () => {
          const phone = this.#phone();
          phone.manner = this.#one(MANNERS) ?? 'auto';
          return `${phone.name} ${phone.manner}`;
        },
      ],
    ];
  }

  #throughApis(): readonly Deed[] {
    const commands: readonly (readonly [string, number, (leg: string) => object])[] = [
      ['answer', 6, () => ({})],
      ['reject', 1, () => ({})],
      ['hangup', 2, () => ({})],
      ['hold', 3, () => ({})],
      ['retrieve', 3, () => ({})],
      ['mute', 1, () => ({})],
      ['unmute', 1, () => ({})],
      ['sendDtmf', 1, () => ({ digits: '1' })],
      ['blindTransfer', 2, () => this.#target()],
      ['consult', 6, () => this.#consult()],
      ['completeTransfer', 2, () => ({})],
      ['completeConference', 2, () => ({})],
      ['cancelConsult', 1, () => ({})],
      ['swapCalls', 2, () => ({})],
      ['addParty', 2, () => ({ target: this.#end() })],
      ['removeParty', 2, () => ({ party: this.#leg()?.leg ?? '' })],
      ['monitor', 3, () => this.#monitor()],
      ['stopMonitoring', 1, () => ({})],
      ['startSuppression', 1, () => ({ leg: undefined })],
      ['stopSuppression', 1, () => ({ leg: undefined })],
      ['startRecording', 2, () => ({ leg: undefined })],
      ['stopRecording', 1, () => ({ leg: undefined })],
      ['kill', 1, () => ({ leg: undefined })],
      ['withdrawOffer', 1, () => ({ leg: undefined })],
    ];
    return [
      ...commands.map(
        ([type, weight, more]): Deed => [
          type,
          weight,
          () => {
            const found = this.#leg();
            if (found === undefined) return undefined;
            const { leg, ...event } = { type, leg: found.leg as string | undefined, ...more(found.leg) };
            return this.#command(`call/${found.call}`, leg === undefined ? event : { ...event, leg });
          },
        ],
      ),
      ['offer', 6, () => this.#offer()],
      ['originate', 4, () => this.#originate()],
      ['ready', 3, () => this.#ready()],
    ];
  }

  #leg(): { readonly call: string; readonly leg: string } | undefined {
    const legs = this.#telephones.live().flatMap(({ id, context }) =>
      phonesOf(context)
        .filter(isLive)
        .map((leg) => ({ call: id, leg: leg.id, up: isUp(leg) })),
    );
    const up = legs.filter((leg) => leg.up);
    return this.#one(this.#random() < 0.6 && up.length > 0 ? up : legs);
  }

  #next(): string {
    this.#made += 1;
    return `${this.#name}-${this.#made}`;
  }

  #end() {
    const leg = this.#next();
    const who = this.#one([...AGENTS, undefined]);
    const recording = this.#one(['Mandatory', 'On Demand', undefined] as const);
    if (who === undefined) return { leg, number: this.#one(['8000', '5550123456', '999']) ?? '' };
    return { ...endOf(who, leg), ...(recording === undefined ? {} : { recording }) };
  }

  #target() {
    return this.#random() < 0.2 ? { queue: { queue: 'q1', name: 'Support' } } : { target: this.#end() };
  }

  #consult() {
    const id = this.#next();
    return { consult: id, consultLeg: `${id}-c`, purpose: 'any', target: this.#end() };
  }

  #monitor() {
    const how = this.#one(['listen', 'listen', 'coach', 'coach', 'barge']);
    return { how, scope: this.#one(['agent', 'call']), target: endOf(this.#one(AGENTS) ?? 'alice', this.#next()) };
  }

  async #offer(): Promise<Done> {
    const call = this.#one(this.#telephones.live().filter(({ context }) => context.queue?.waiting === true));
    if (call === undefined) return undefined;
    const who = this.#one(AGENTS) ?? 'alice';
    const recording = this.#one(['Mandatory', 'On Demand', undefined] as const);
    const target = { ...endOf(who, this.#next()), ...(recording === undefined ? {} : { recording }) };
    return this.#command(`call/${call.id}`, { type: 'offer', ringMs: 15_000, target });
  }

  #originate(): Promise<Done> {
    const id = this.#next();
    const caller = endOf(this.#one(AGENTS) ?? 'alice', `${id}-1`);
    const target = { ...this.#end(), leg: `${id}-2` };
    const more = this.#random() < 0.3 ? { ringFirst: true } : {};
    const direction = 'line' in target ? 'internal' : 'outbound';
    return this.#command(`call/${id}`, { type: 'originate', direction, to: target.number, caller, target, ...more });
  }

  #ready(): Promise<Done> {
    return this.#command(`agent/${this.#one(AGENTS)}`, { type: 'setReady' });
  }

  async #command(to: string, event: object): Promise<Done> {
    return this.#telephones.given(to, event as never).then(
      () => `${to} ${JSON.stringify(event)}`,
      () => undefined,
    );
  }
}
