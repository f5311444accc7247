/**
 * A SIP telephone for tests, on UDP: registers, rings, answers, refuses, dials, holds, transfers, hangs up, and sends a
 * sound of its own, one byte of G.711 over and over, so that it can be told who hears whom. As much of RFC 3261 as that takes.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from './eventually.ts';

/** What a phone does when it is called. `auto`: answers if the caller asks for it (`answer-after=0`), else rings. */
export type Manner = 'auto' | 'rings' | 'answers' | 'busy' | 'declines' | 'silent';

interface Message {
  readonly first: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

interface Talk {
  readonly id: string;
  readonly invite: Message;
  readonly ours: string;
  theirs: string;
  target: string;
  readonly isCaller: boolean;
  state: 'ringing' | 'up' | 'ended';
  cseq: number;
  media: { port: number } | undefined;
}

const SAMPLES = 160;
const PACKET_MS = 20;

export class SipPhone {
  readonly name: string;
  manner: Manner = 'auto';
  /** Of its calls, oldest first; those that are over too. */
  readonly talks: Talk[] = [];
  /** Final answers to what it asked for, by method. */
  readonly answers: string[] = [];
  /** Bodies of the NOTIFYs it had. */
  readonly notified: string[] = [];
  /** Keys that somebody else pressed. */
  pressed = '';
  readonly #sip: Socket = createSocket('udp4');
  readonly #rtp: Socket = createSocket('udp4');
  readonly #server: number;
  readonly #sound: number;
  #packets: NodeJS.Timeout | undefined;
  #heard = new Map<number, number>();
  #count = 0;
  #sequence = 0;
  #keyAt = 0;

  private constructor(name: string, server: number, sound: number) {
    this.name = name;
    this.#server = server;
    this.#sound = sound;
  }

  static async plugIn(name: string, server: number, sound: number): Promise<SipPhone> {
    const phone = new SipPhone(name, server, sound);
    for (const socket of [phone.#sip, phone.#rtp]) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    phone.#sip.on('message', (data) => phone.#take(parsed(data.toString('latin1'))));
    phone.#rtp.on('message', (data) => phone.#hear(data));
    phone.#packets = setInterval(() => phone.#speak(), PACKET_MS);
    await phone.register(3600);
    return phone;
  }

  async register(expiresS: number): Promise<void> {
    const before = this.answers.length;
    const own = this.#uri();
    this.#request('REGISTER', `sip:127.0.0.1:${this.#server}`, {
      from: `<${own}>;tag=${this.#tag()}`,
      to: `<${own}>`,
      callId: this.#tag(),
      cseq: 1,
      extra: [`Expires: ${expiresS}`],
    });
    await eventually(`${this.name} is registered`, () =>
      this.answers.slice(before).find((one) => one.startsWith('200 REGISTER')),
    );
  }

  /** Dials; the call is in `talks` at once. `as`: what a trunk says who calls. */
  dial(number: string, as?: string): Talk {
    const id = this.#tag();
    const ours = `<${this.#uri()}>;tag=${this.#tag()}`;
    const theirs = `<sip:${number}@127.0.0.1:${this.#server}>`;
    const target = `sip:${number}@127.0.0.1:${this.#server}`;
    const extra = as === undefined ? [] : [`P-Asserted-Identity: ${as}`];
    const invite = this.#request('INVITE', target, { from: ours, to: theirs, callId: id, cseq: 1, extra }, this.#sdp());
    const talk: Talk = {
      id,
      invite,
      ours,
      theirs,
      target,
      isCaller: true,
      state: 'ringing',
      cseq: 1,
      media: undefined,
    };
    this.talks.push(talk);
    return talk;
  }

  /** Its newest call that is not over. */
  get talk(): Talk | undefined {
    return this.talks.findLast(({ state }) => state !== 'ended');
  }

  answer(talk = this.#live()): void {
    talk.state = 'up';
    this.#reply(talk.invite, '200 OK', talk.ours, this.#sdp());
  }

  decline(talk = this.#live()): void {
    talk.state = 'ended';
    this.#reply(talk.invite, '603 Decline', talk.ours);
  }

  hangUp(talk = this.#live()): void {
    if (talk.state === 'up') this.#inside(talk, 'BYE');
    else if (talk.isCaller) this.#cancel(talk);
    else this.#reply(talk.invite, '480 Temporarily Unavailable', talk.ours);
    talk.state = 'ended';
  }

  hold(talk = this.#live()): void {
    this.#inside(talk, 'INVITE', [], this.#sdp('sendonly'));
  }

  retrieve(talk = this.#live()): void {
    this.#inside(talk, 'INVITE', [], this.#sdp());
  }

  press(digit: string): void {
    const code = '0123456789*#'.indexOf(digit);
    const { media } = this.#live();
    if (media === undefined) throw new Error(`${this.name} has no sound`);
    const time = this.#count * SAMPLES;
    // RFC 4733: its length grows from packet to packet, and the last three say that it is over.
    for (let part = 1; part <= 8; part += 1) {
      const event = Buffer.from([code, part > 5 ? 0x8a : 0x0a, (part * SAMPLES) >> 8, (part * SAMPLES) & 0xff]);
      this.#rtp.send(this.#packet(101, event, time), media.port, '127.0.0.1');
    }
  }

  /** To a number, or, with another call of its own, onto that. */
  transfer(to: string | Talk, talk = this.#live()): void {
    const where =
      typeof to === 'string'
        ? `<sip:${to}@127.0.0.1:${this.#server}>`
        : `<${to.target}?Replaces=${encodeURIComponent(
            `${to.id};to-tag=${tagOf(to.theirs)};from-tag=${tagOf(to.ours)}`,
          )}>`;
    this.#inside(talk, 'REFER', [`Refer-To: ${where}`, `Referred-By: <${this.#uri()}>`]);
  }

  /** The sounds heard since the last time this was asked, but for stray packets. */
  async hears(): Promise<readonly number[]> {
    this.#heard = new Map();
    const packets = () => [...this.#heard.values()].reduce((sum, one) => sum + one, 0);
    await eventually('something is heard', () => (packets() >= 10 ? true : undefined), 1_000).catch(() => undefined);
    return [...this.#heard].filter(([, times]) => times >= 5).map(([sound]) => sound);
  }

  /** True once there is any sound in its ear, told apart or not. */
  async hearsSomething(): Promise<boolean> {
    this.#heard = new Map();
    return eventually('a sound', () => this.#heard.size > 0 || undefined, 1_000).catch(() => false);
  }

  async unplug(): Promise<void> {
    clearInterval(this.#packets);
    await Promise.all([this.#sip, this.#rtp].map((socket) => new Promise<void>((gone) => socket.close(() => gone()))));
  }

  #live(): Talk {
    const { talk } = this;
    if (talk === undefined) throw new Error(`${this.name} is in no call`);
    return talk;
  }

  #take(message: Message): void {
    if (message.first.startsWith('SIP/2.0')) this.#answered(message);
    else this.#asked(message);
  }

  #answered(message: Message): void {
    const status = message.first.slice(8, 11);
    const [, method = ''] = header(message, 'CSeq').split(' ');
    if (status.startsWith('1')) return;
    this.answers.push(`${status} ${method}`);
    const talk = this.talks.find(({ id }) => id === header(message, 'Call-ID'));
    if (talk === undefined || method !== 'INVITE') return;
    const isAnsweredLate =
      talk.isCaller && talk.state === 'ended' && header(message, 'CSeq') === header(talk.invite, 'CSeq');
    if (talk.state === 'ringing' || isAnsweredLate) talk.theirs = header(message, 'To');
    this.#request('ACK', status === '200' ? contactOf(message) : talk.target, {
      from: talk.ours,
      to: header(message, 'To'),
      callId: talk.id,
      cseq: Number.parseInt(header(message, 'CSeq'), 10),
      ...(status === '200' ? {} : { branch: branchOf(message) }),
    });
    if (status !== '200') {
      if (talk.state === 'ringing') talk.state = 'ended';
      return;
    }
    talk.target = contactOf(message);
    if (isAnsweredLate) this.#inside(talk, 'BYE');
    if (talk.state === 'ended') return;
    talk.state = 'up';
    talk.media = mediaOf(message);
  }

  #asked(message: Message): void {
    const [method = ''] = message.first.split(' ');
    const talk = this.talks.find(({ id }) => id === header(message, 'Call-ID'));
    if (method === 'INVITE' && talk === undefined) this.#called(message);
    else if (method === 'INVITE' && talk !== undefined && tagOf(header(message, 'To')) !== '') {
      talk.media = mediaOf(message) ?? talk.media;
      this.#reply(message, '200 OK', talk.ours, this.#sdp());
    } else if (method === 'CANCEL' && talk !== undefined) {
      this.#reply(message, '200 OK');
      if (talk.state !== 'ringing') return;
      this.#reply(talk.invite, '487 Request Terminated', talk.ours);
      talk.state = 'ended';
    } else if (method === 'BYE' || method === 'NOTIFY' || method === 'OPTIONS') {
      if (talk !== undefined && method === 'BYE') talk.state = 'ended';
      if (method === 'NOTIFY') this.notified.push(message.body.trim());
      this.#reply(message, '200 OK');
    }
  }

  #called(invite: Message): void {
    const talk: Talk = {
      id: header(invite, 'Call-ID'),
      invite,
      ours: `${header(invite, 'To')};tag=${this.#tag()}`,
      theirs: header(invite, 'From'),
      target: contactOf(invite),
      isCaller: false,
      state: 'ringing',
      cseq: 0,
      media: mediaOf(invite),
    };
    this.talks.push(talk);
    if (this.manner === 'silent') {
      // Nor will it be told that nobody calls any more: RFC 3261 9.1.
      talk.state = 'ended';
      return;
    }
    if (this.manner === 'busy' || this.manner === 'declines') {
      talk.state = 'ended';
      this.#reply(invite, this.manner === 'busy' ? '486 Busy Here' : '603 Decline', talk.ours);
      return;
    }
    this.#reply(invite, '180 Ringing', talk.ours);
    const isAskedTo = header(invite, 'Call-Info').includes('answer-after=0');
    if (this.manner === 'answers' || (this.manner === 'auto' && isAskedTo)) this.answer(talk);
  }

  #cancel(talk: Talk): void {
    const { target, ours, theirs, id } = talk;
    this.#request('CANCEL', target, { from: ours, to: theirs, callId: id, cseq: 1, branch: branchOf(talk.invite) });
  }

  #inside(talk: Talk, method: string, extra: readonly string[] = [], body = ''): void {
    talk.cseq += 1;
    const { ours, theirs, id, cseq, target } = talk;
    this.#request(method, target, { from: ours, to: theirs, callId: id, cseq, extra }, body);
  }

  #request(method: string, uri: string, about: Asked, body = ''): Message {
    const { from, to, callId, cseq, branch = `z9hG4bK${this.#tag()}`, extra = [] } = about;
    const text = this.#message(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.#host()};rport;branch=${branch}`,
        'Max-Forwards: 70',
        `From: ${from}`,
        `To: ${to}`,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} ${method}`,
        ...extra,
      ],
      body,
    );
    this.#send(text);
    return parsed(text);
  }

  #reply(to: Message, status: string, ours = header(to, 'To'), body = ''): void {
    const copied = to.headers.filter(([name]) => ['via', 'from', 'call-id', 'cseq', 'record-route'].includes(name));
    const first = [`SIP/2.0 ${status}`, ...copied.map(([name, value]) => `${name}: ${value}`), `To: ${ours}`];
    this.#send(this.#message(first, body));
  }

  #message(lines: readonly string[], body: string): string {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const contact = `Contact: <sip:${this.name}@${this.#host()}>`;
    return [...lines, contact, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n');
  }

  #send(text: string): void {
    this.#sip.send(text, this.#server, '127.0.0.1');
  }

  #speak(): void {
    this.#count += 1;
    for (const talk of this.talks) {
      if (talk.state !== 'up' || talk.media === undefined) continue;
      const sound = Buffer.alloc(SAMPLES, this.#sound);
      this.#rtp.send(this.#packet(0, sound, this.#count * SAMPLES), talk.media.port, '127.0.0.1');
    }
  }

  #packet(type: number, payload: Buffer, time: number): Buffer {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = type;
    this.#sequence += 1;
    head.writeUInt16BE(this.#sequence & 0xffff, 2);
    head.writeUInt32BE(time >>> 0, 4);
    head.writeUInt32BE(this.#sound, 8);
    return Buffer.concat([head, payload]);
  }

  #hear(packet: Buffer): void {
    const type = (packet[1] ?? 0) & 0x7f;
    const sound = packet[12 + SAMPLES / 2] ?? 0;
    if (type === 0) this.#heard.set(sound, (this.#heard.get(sound) ?? 0) + 1);
    const time = packet.readUInt32BE(4);
    if (type !== 101 || time === this.#keyAt) return;
    this.#keyAt = time;
    this.pressed += '0123456789*#'[packet[12] ?? 0] ?? '';
  }

  #sdp(direction = 'sendrecv'): string {
    return [
      'v=0',
      `o=- ${Date.now()} ${Date.now()} IN IP4 127.0.0.1`,
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#rtp.address().port} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  #host(): string {
    return `127.0.0.1:${this.#sip.address().port}`;
  }

  #uri(): string {
    return `sip:${this.name}@127.0.0.1:${this.#server}`;
  }

  #tag(): string {
    return Math.random().toString(36).slice(2, 14);
  }
}

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly branch?: string;
  readonly extra?: readonly string[];
}

function parsed(text: string): Message {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { first, headers, body };
}

function header({ headers }: Message, name: string): string {
  return headers.find(([one]) => one === name.toLowerCase())?.[1] ?? '';
}

function contactOf(message: Message): string {
  return /<([^>]+)>/.exec(header(message, 'Contact'))?.[1] ?? '';
}

function tagOf(address: string): string {
  return /;tag=([^;]+)/.exec(address)?.[1] ?? '';
}

function branchOf(message: Message): string {
  return /branch=([^;]+)/.exec(header(message, 'Via'))?.[1] ?? '';
}

function mediaOf({ body }: Message): { port: number } | undefined {
  const port = /m=audio (\d+)/.exec(body)?.[1];
  return port === undefined ? undefined : { port: Number(port) };
}
