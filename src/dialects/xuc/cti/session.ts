/**
 * One client of the CTI socket: who it is, what it is told of, and its frames in and out. Commands are done one after the
 * other. A client that does not read is cut off rather than buffered for.
 */
import type { WebSocket } from 'ws';
import { isFailure } from '../../../errors.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Runtime } from '../../../model/runtime.ts';
import type { SignedIn } from '../auth/sign-in.ts';
import { describeRejection } from '../errors.ts';
import type { Hint, PhoneHints } from '../hints.ts';
import type { XucLog } from '../parts.ts';
import { loginOf, numberOf, type Person } from '../people.ts';
import { carriedOut, reachedOn } from '../plans.ts';
import { agentState } from './agent-states.ts';
import { react } from './commands.ts';
import { errorFrame, type Frame, frame, PONG, readFrame } from './frames.ts';
import { userPreferences } from './preferences.ts';
import type { Reaction, Subscriptions } from './reactions.ts';
import { userConfig, userStatus, userStatuses } from './user-config.ts';

export interface SessionParts {
  readonly runtime: Runtime;
  readonly hints: PhoneHints;
  readonly logger: XucLog;
  readonly mintId: () => string;
}

const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;
const WAITING_COMMANDS_MAX = 100;
const TRY_AGAIN_LATER = 1013;
const SUPERVISORS: ReadonlySet<string> = new Set(['supervisor', 'admin']);

export class Session {
  /** As the directory has it now. */
  person: Person;
  /** By which he came in. */
  readonly login: string;
  readonly subscriptions: Subscriptions = {
    agentEvents: false,
    agentStatistics: false,
    queueStatistics: false,
    queueCalls: new Map(),
    hints: new Set(),
  };
  readonly #parts: SessionParts;
  readonly #socket: WebSocket;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Where he was reached, and how that was, when it was told last. */
  #line: string | undefined;
  #phone: Hint | undefined;

  constructor(parts: SessionParts, socket: WebSocket, { person, login }: SignedIn) {
    this.#parts = parts;
    this.#socket = socket;
    this.person = person;
    this.login = login;
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
  }

  /** In this order: clients register for each of these when the one before has come. */
  greet(): void {
    const { live } = this.#parts.runtime;
    const { person } = this;
    this.send(frame('LoggedOn', { userId: numberOf(person) ?? 0, username: loginOf(person), applicationType: 'web' }));
    this.#tellConfig();
    this.send(frame('UsersStatuses', userStatuses(live, person.actor.tenant)));
    this.#tellStatus();
    this.#tellPhone();
    const state = person.attributes.agentNumber === undefined ? undefined : agentState(live, person);
    if (state !== undefined) this.send(frame('AgentStateEvent', state));
    this.tellPreferences();
  }

  /** His configuration, his status, and his telephone, which may be another. */
  tellUser(): void {
    this.#tellConfig();
    this.#tellStatus();
    this.#tellPhone();
  }

  /** Nothing to who has none. */
  tellPreferences(): void {
    const told = userPreferences(this.#parts.runtime.live, this.person);
    if (told !== undefined) this.send(told);
  }

  /** The telephone of this number changed, which is seldom his: all of a tenant's clients are asked. */
  tellPhoneAt(number: string): void {
    if (this.#line === undefined || this.#line === number) this.#tellPhone();
  }

  send(sent: Frame): void {
    this.sendText(JSON.stringify(sent));
  }

  sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX) this.#socket.terminate();
    else this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  #tellConfig(): void {
    this.send(frame('UserConfigUpdate', userConfig(this.#parts.runtime.live, this.person)));
  }

  #tellStatus(): void {
    this.send(frame('UserStatusUpdate', { status: userStatus(this.#parts.runtime.live, this.person) }));
  }

  /** The state of the telephone he is reached on, if it is another than was told last. */
  #tellPhone(): void {
    this.#line = reachedOn(this.#parts.runtime.live, this.person);
    const status = this.#parts.hints.statusOf(this.person.actor.tenant, this.#line ?? '');
    if (status === this.#phone) return;
    this.#phone = status;
    this.send(frame('PhoneStatusUpdate', { status }));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const received = isBinary ? ({ kind: 'junk', problem: 'Frames must be text' } as const) : readFrame(data);
    if (received.kind === 'ping') this.sendText(PONG);
    else if (received.kind === 'junk') this.send(errorFrame(received.problem));
    else if (this.#waiting < WAITING_COMMANDS_MAX) this.#enqueue(received.command, received.fields);
    else this.#socket.close(TRY_AGAIN_LATER, 'too many commands at once');
  }

  #enqueue(command: string, fields: JsonObject): void {
    this.#waiting += 1;
    this.#queue = this.#queue
      .then(() => this.#perform(command, fields))
      .catch((error: unknown) => this.#failed(command, error))
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  async #perform(name: string, fields: JsonObject): Promise<void> {
    const { runtime, mintId, hints } = this.#parts;
    const { person, subscriptions } = this;
    const command = mintId();
    const mayActForOthers = person.attributes.roles.some((role) => SUPERVISORS.has(role));
    const statusOf = (number: string) => hints.statusOf(person.actor.tenant, number);
    const asked = { view: runtime.live, person, mayActForOthers, fields, command, subscriptions, statusOf };
    const reaction = react(name, asked);
    if (reaction.kind === 'plan') return this.#submit(reaction, command);
    for (const sent of reaction.frames) this.send(sent);
  }

  async #submit(reaction: Extract<Reaction, { kind: 'plan' }>, id: string): Promise<void> {
    const { plan, errorType = 'Error', done = [], failed } = reaction;
    if (!plan.ok) {
      const { agentError, refusal } = plan;
      this.send(agentError === undefined ? errorFrame(refusal.message, errorType) : frame(errorType, agentError));
      return;
    }
    const { runtime } = this.#parts;
    const by = `user:${this.person.actor.id}`;
    const outcome = await carriedOut(plan, id, runtime.live, (deliveries, command) =>
      runtime.submit({ id: command, tenant: plan.tenant, by, via: 'xuc', deliveries }),
    );
    if (outcome.kind === 'accepted') for (const sent of done) this.send(sent);
    else this.send(failed ?? errorFrame(describeRejection(outcome.rejection), errorType));
  }

  #failed(command: string, error: unknown): void {
    if (!isFailure(error)) this.#parts.logger.error({ err: error, command }, 'a CTI command failed');
    this.send(errorFrame(isFailure(error) ? error.message : 'Internal error'));
  }
}
