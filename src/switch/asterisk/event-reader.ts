/**
 * What an Asterisk tells, as events of the switch. It tells some things twice, some in either order, and some that are about
 * channels of others.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../model/clock.ts';
import type { SwitchEvent } from '../switch.ts';
import type { AriCommands } from './ari-commands.ts';
import { type AriChannel, type AriEvent, ariChannels } from './ari-events.ts';
import { causeOf } from './causes.ts';
import { incomingOn } from './channels.ts';
import type { Connection, Connections } from './connections.ts';
import { type Dialling, type Failure, TRANSFERS_TELL } from './dialling.ts';
import type { Media } from './media.ts';
import type { Endpoints, Names } from './names.ts';
import type { Phones } from './phones.ts';

export interface EventReaderOptions {
  readonly ari: AriCommands;
  readonly names: Names;
  readonly tenant: string;
  readonly lines: Endpoints;
  readonly connections: Connections;
  readonly media: Media;
  readonly dialling: Dialling;
  readonly phones: Phones;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: (event: SwitchEvent) => void;
  /** The same, where it matters whether it was granted. */
  readonly asked: (event: SwitchEvent) => Promise<boolean>;
  readonly failed: (connection: Connection, cause: Failure) => void;
  readonly ended: (connection: Connection) => void;
  /** Work that nobody waits for. */
  readonly attempt: (what: string, work: () => Promise<unknown>) => void;
}

type Of<Type extends AriEvent['type']> = Extract<AriEvent, { type: Type }>;

export class EventReader {
  readonly #options: EventReaderOptions;
  /** While somebody asks for all channels: those that were told of, as they were told of last; null for one that is gone. */
  #told: Map<string, AriChannel | null> | undefined;

  constructor(options: EventReaderOptions) {
    this.#options = options;
  }

  /** All channels there are by now: the answer of Asterisk may be older than what it told meanwhile. */
  async channels(): Promise<readonly AriChannel[]> {
    const told = new Map<string, AriChannel | null>();
    this.#told = told;
    const listed = ariChannels.parse(await this.#options.ari.get('/channels'));
    this.#told = undefined;
    return listed.map((one) => (told.has(one.id) ? told.get(one.id) : one)).filter((one) => one != null);
  }

  read(event: AriEvent): void {
    this.#note(event);
    switch (event.type) {
      case 'StasisStart':
        this.#entered(event);
        break;
      case 'StasisEnd':
        this.#gone(event.channel, 'failed');
        break;
      case 'ChannelDestroyed':
        this.#gone(event.channel, causeOf(event.cause));
        break;
      case 'ChannelStateChange':
        this.#stateChanged(event.channel);
        break;
      case 'Dial':
        if (event.dialstatus === 'RINGING') this.#rings(event.peer);
        break;
      case 'ChannelHold':
      case 'ChannelUnhold':
        this.#held(event);
        break;
      case 'ChannelDtmfReceived':
        this.#pressed(event);
        break;
      case 'ChannelTransfer':
        this.#transferred(event);
        break;
      case 'PeerStatusChange':
      case 'ContactStatusChange':
      case 'EndpointStateChange':
        this.#options.phones.changed(event.endpoint);
        break;
      case 'RecordingStarted':
        this.#recorded(event);
        break;
      case 'RecordingFailed':
        this.#options.logger.error({ recording: event.recording.name }, 'Asterisk cannot record a conversation');
        break;
      default:
    }
  }

  #note(event: AriEvent): void {
    if (event.type === 'StasisEnd' || event.type === 'ChannelDestroyed') this.#told?.set(event.channel.id, null);
    else if (event.type === 'StasisStart' || event.type === 'ChannelStateChange')
      this.#told?.set(event.channel.id, event.channel);
  }

  #entered({ channel, args }: Of<'StasisStart'>): void {
    const { names, media, dialling, connections, report, attempt } = this.#options;
    const connection = connections.onChannel(channel.id);
    if (names.isCoaching(channel.id)) attempt('coaching', () => media.snooped(channel.id));
    else if (connection === undefined && names.ownChannel(channel.id) === undefined) this.#arrived(channel, args);
    if (connection === undefined || connection.incoming !== undefined) return;
    connection.state = 'up';
    connection.isAnswered = true;
    for (const leg of connection.legs) report({ kind: 'answered', tenant: connection.tenant, leg });
    attempt(`a call to ${connection.number}`, () => media.cameUp(connection));
    dialling.goOn(connection);
  }

  #arrived(channel: AriChannel, args: readonly string[]): void {
    const { ari, connections, report, attempt, logger } = this.#options;
    const incoming = incomingOn(channel, args, this.#options);
    if (incoming === undefined) {
      logger.error({ channel: channel.name }, 'Asterisk: Stasis was not told which number was dialled');
      attempt('a call', () => ari.delete(`/channels/${channel.id}`));
      return;
    }
    const { tenant, leg, from: number, line } = incoming;
    const ours = { tenant, leg, call: leg, number, ...(line === undefined ? {} : { line }) };
    connections.add({ ...ours, incoming, channel: channel.id, attempt: 1, state: 'dialing' });
    attempt('the transfers of a phone', () => ari.set(channel.id, TRANSFERS_TELL));
    report({ kind: 'incoming', ...incoming });
  }

  #stateChanged(channel: AriChannel): void {
    if (channel.state === 'Ringing') this.#rings(channel);
    const connection = this.#options.connections.onChannel(channel.id);
    // It enters our application in a moment; until then it is not to be dialled again.
    if (channel.state === 'Up' && connection !== undefined && connection.incoming === undefined)
      connection.isAnswered = true;
  }

  #rings({ id }: AriChannel): void {
    const { connections, report } = this.#options;
    const connection = connections.onChannel(id);
    if (connection?.state !== 'dialing' || connection.incoming !== undefined) return;
    connection.state = 'ringing';
    for (const leg of connection.legs) report({ kind: 'ringing', tenant: connection.tenant, leg });
  }

  #gone({ id }: AriChannel, cause: Failure): void {
    const { connections, dialling, failed, ended } = this.#options;
    const connection = connections.onChannel(id);
    if (connection === undefined) return;
    if (connection.dialsAgain) dialling.again(connection);
    else if (connection.incoming === undefined) failed(connection, cause);
    else ended(connection);
  }

  #held({ type, channel }: Of<'ChannelHold' | 'ChannelUnhold'>): void {
    const { connections, media, report } = this.#options;
    const connection = connections.onChannel(channel.id);
    if (connection === undefined) return;
    const { tenant, heldThere } = connection;
    const isHeld = type === 'ChannelHold';
    // Asterisk tells of an end of holding before every transfer, too.
    if (isHeld === (heldThere !== undefined)) return;
    const leg = heldThere ?? media.talking(connection);
    connection.heldThere = isHeld ? leg : undefined;
    report({ kind: isHeld ? 'held' : 'retrieved', tenant, leg, order: this.#next(connection) });
  }

  #pressed({ channel, digit }: Of<'ChannelDtmfReceived'>): void {
    const { connections, media, report } = this.#options;
    const connection = connections.onChannel(channel.id);
    if (connection === undefined) return;
    const leg = media.talking(connection);
    report({ kind: 'dtmf', tenant: connection.tenant, leg, digits: digit, order: this.#next(connection) });
  }

  #transferred({ state, refer_to, referred_by }: Of<'ChannelTransfer'>): void {
    const { connections, ari, media, asked, attempt } = this.#options;
    const connection = connections.onChannel(referred_by.source_channel.id);
    if (connection === undefined || state !== undefined) return;
    const where = this.#transferredTo(refer_to);
    const { tenant, channel } = connection;
    const event = {
      kind: 'transferred',
      tenant,
      leg: media.talking(connection),
      order: this.#next(connection),
    } as const;
    connection.answering = (async () => {
      const did = where !== undefined && (await asked({ ...event, ...where }));
      const states = did ? 'channel_answered' : 'channel_declined';
      await ari.post(`/channels/${channel}/transfer_progress`, { states });
    })();
    attempt('a transfer', () => connection.answering);
  }

  #recorded({ recording }: Of<'RecordingStarted'>): void {
    const { media, attempt } = this.#options;
    attempt('a recording', () => media.recordingBegan(recording.name));
  }

  /** Undefined for a call that is none of ours. */
  #transferredTo(
    there: Of<'ChannelTransfer'>['refer_to'],
  ): { readonly to: string } | { readonly onto: string } | undefined {
    const { connections, media } = this.#options;
    const { destination_channel: other, requested_destination: asked } = there;
    if (other === undefined) return { to: asked.destination ?? '' };
    const onto = connections.onChannel(other.id);
    return onto && { onto: media.talking(onto) };
  }

  /** Rises over restarts too: the log has the last ones. */
  #next(connection: Connection): number {
    connection.told = Math.max(connection.told + 1, this.#options.clock.now());
    return connection.told;
  }
}
