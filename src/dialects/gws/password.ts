/**
 * ChangePassword (genesys.md §1.2): the old password proves the person once more, the new one replaces it. Success is told
 * by CometD when it is in the log; a refusal records nothing, and is both answered and told. Other HTTP sessions end with it.
 */
import { type Answer, type Caller, done, type Exchange, isDone, refused, settled } from './exchange.ts';
import { userNameOf } from './found.ts';
import { path } from './links.ts';
import type { GwsOptions } from './options.ts';
import { passwordNotice } from './render.ts';
import { credentialsOf, proofChange, proofOf } from './users.ts';

/** In `ext` who was given a password may read who he is, choose another, and nothing else before that. */
export function mustChangePassword({ user }: Caller, { profile }: Pick<GwsOptions, 'profile'>): boolean {
  return profile === 'ext' && user.attributes.changePasswordOnFirstLogin === true;
}

export async function changePassword(exchange: Exchange): Promise<Answer> {
  const { body, caller, identity, options, address } = exchange;
  const { oldPassword, newPassword } = body;
  const absent = PASSWORDS.find((name) => body[name] === undefined || body[name] === null);
  if (absent !== undefined) return refused({ kind: 'missing', parameter: absent });
  if (typeof newPassword !== 'string' || typeof oldPassword !== 'string') {
    return refused({ kind: 'invalid', message: 'A password is a text' });
  }
  if (isDone(exchange, caller.user.actor)) return done({});
  if (newPassword.length < options.passwordCharsMin || newPassword.length > PASSWORD_CHARS_MAX) {
    tellError(exchange, TOO_WEAK);
    return refused({ kind: 'invalid', message: TOO_WEAK.errorMessage });
  }
  const name = userNameOf(caller.user.attributes);
  const proven = await identity.byPassword({ dialect: 'gws', name, password: oldPassword, address });
  if (!proven.ok) {
    tellError(exchange, WRONG_OLD);
    return refused(
      proven.refusal === 'tooManyTries'
        ? { kind: 'tooManyTries', retryMs: proven.retryMs }
        : { kind: 'invalid', message: WRONG_OLD.errorMessage },
    );
  }
  try {
    const answer = await replaced(exchange, name, newPassword);
    if (answer.kind === 'done') exchange.renewSession();
    else tellError(exchange, FAILED);
    return answer;
  } catch (error) {
    tellError(exchange, FAILED);
    throw error;
  }
}

async function replaced(exchange: Exchange, name: string, password: string): Promise<Answer> {
  const { caller, hasher, runtime } = exchange;
  const { set, unset } = proofChange(await proofOf(hasher, password));
  return settled(exchange, () => {
    const own = credentialsOf(runtime.live, caller.user.actor).find(({ attributes }) => attributes.dialect === 'gws');
    if (own === undefined) return refused({ kind: 'notFound', resource: 'Credential', id: name });
    return {
      deliveries: [
        { to: own.actor, event: { type: 'change', set, unset } },
        { to: caller.user.actor, event: { type: 'change', set: { changePasswordOnFirstLogin: false } } },
      ],
    };
  });
}

/** An empty one is a password. */
const PASSWORDS = ['oldPassword', 'newPassword'] as const;
const PASSWORD_CHARS_MAX = 512;
/** Why, as the notification has it (D7). */
const TOO_WEAK = { errorCode: 1, errorMessage: 'New password is too weak' };
const WRONG_OLD = { errorCode: 2, errorMessage: 'Old password is wrong' };
const FAILED = { errorCode: 3, errorMessage: 'Internal error' };

function tellError({ notify, caller: { user }, uri }: Exchange, why: typeof TOO_WEAK): void {
  const data = { ...passwordNotice('PasswordChangeError'), ...why };
  notify('/v2/me', data);
  notify('/v2/users', { ...data, userUri: uri(path('users', user.id)), userId: user.id });
}
