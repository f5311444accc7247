import { describe, expect, it } from 'vitest';
import { PARTICIPANTS_MAX } from '../../../machines/chat/events.ts';
import { type ChatContext, chatKind } from '../../../machines/chat/machine.ts';
import { actorOf, START } from '../actor.ts';

const OPEN = { type: 'open', service: 's1', user: 'default', nickname: 'Ann' };
const KRISTI = { participant: 'ksippo', nickname: 'Kristi', party: 'AGENT' };
const join = { type: 'join', ...KRISTI };

const aChat = () => actorOf<ChatContext>(chatKind, 'c1').given(OPEN);

describe('a chat', () => {
  it('begins with the customer in it', () => {
    const { context } = aChat();
    expect(context.participants).toEqual([{ id: 'client', nickname: 'Ann', party: 'CLIENT' }]);
    expect(context.entry).toEqual({
      number: 1,
      event: 'Notice.Joined',
      nickname: 'Ann',
      text: 'has joined the session',
      party: 'CLIENT',
      at: START,
    });
  });

  it('that begins with words of his has them said next', () => {
    expect(aChat().tells).toEqual([]);
    const self = { tenant: 'acme', kind: 'chat', id: 'c1' };
    const chat = actorOf<ChatContext>(chatKind, 'c1').given({ ...OPEN, text: 'Hello' });
    expect(chat.tells).toEqual([{ to: self, event: { type: 'say', participant: 'client', text: 'Hello' } }]);
    expect(chat.context.entry?.number).toBe(1);
  });

  it.each([
    [{ type: 'say', participant: 'ksippo', text: 'Hello' }, 'Message.Text', 'Hello'],
    [{ type: 'typing', participant: 'ksippo', isTyping: true }, 'Notice.TypingStarted', 'is typing'],
    [{ type: 'typing', participant: 'ksippo', isTyping: false }, 'Notice.TypingStopped', 'stopped typing'],
    [{ type: 'pushUrl', participant: 'ksippo', url: 'http://x/' }, 'Notice.PushUrl', 'http://x/'],
    [{ type: 'notify', participant: 'ksippo', text: 'One moment' }, 'Notice.Custom', 'One moment'],
    [{ type: 'leave', participant: 'ksippo' }, 'Notice.Left', 'has left the session'],
  ])('notes $type as one entry', (event, word, text) => {
    const chat = aChat().given(join).wait(2000).given(event);
    expect(chat.context.entry).toEqual({
      number: 3,
      event: word,
      nickname: 'Kristi',
      text,
      party: 'AGENT',
      at: START + 2000,
    });
  });

  it('keeps no more than the newest entry, whatever is said', () => {
    const chat = aChat();
    const size = () => JSON.stringify(chat.context).length;
    const before = chat.given({ type: 'say', participant: 'client', text: 'x' }) && size();
    for (let index = 0; index < 500; index += 1) chat.given({ type: 'say', participant: 'client', text: 'x' });
    expect(size()).toBeLessThan(before + 10);
  });

  it('hears nobody who is not in it', () => {
    const refusal = { kind: 'refused', reason: 'unknownParticipant' };
    expect(aChat().when({ type: 'say', participant: 'ksippo', text: 'Hello' })).toEqual(refusal);
    const left = aChat().given(join, { type: 'leave', participant: 'ksippo' });
    expect(left.when({ type: 'say', participant: 'ksippo', text: 'Hello' })).toEqual(refusal);
  });

  it('takes nobody twice, and no crowd', () => {
    const chat = aChat().given(join);
    expect(chat.when(join)).toEqual({ kind: 'refused', reason: 'alreadyIn' });
    for (let index = 2; index < PARTICIPANTS_MAX; index += 1) chat.given({ ...join, participant: `a${index}` });
    expect(chat.when({ ...join, participant: 'late' })).toEqual({ kind: 'refused', reason: 'tooManyParticipants' });
  });

  it('ends when the customer leaves, and tells the service', () => {
    const chat = aChat().given(join, { type: 'leave', participant: 'client' });
    expect(chat.value).toBe('ended');
    expect(chat.tells).toEqual([
      { to: { tenant: 'acme', kind: 'service', id: 's1' }, event: { type: 'chat.ended', chat: 'c1' } },
    ]);
    expect(chat.when({ type: 'say', participant: 'ksippo', text: '?' })).toEqual({ kind: 'refused', reason: 'ended' });
  });

  it('is closed by its service without telling it, twice too', () => {
    const chat = aChat().given({ type: 'close' });
    expect([chat.value, chat.tells]).toEqual(['ended', []]);
    expect(chat.given({ type: 'close' }).value).toBe('ended');
  });
});
