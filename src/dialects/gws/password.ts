/**
 * ChangePassword (genesys.md §1.2): the old password proves the person once more, the new one replaces it. Success is told
 * by CometD when it is in the log; a refusal records nothing, and is both answered and told. Other HTTP sessions end with it.
 */
import { type Answer, type Exchange, refused, settled } from './exchange.ts';
import { userNameOf } from './found.ts';
import { path } from './links.ts';
import { passwordNotice } from './render.ts';
import { credentialsOf, proofChange, proofOf } from './users.ts';

export async function changePassword(exchange: Exchange): Promise<Answer> {
  const { body, caller, identity, hasher, options, address, runtime } = exchange;
  const { oldPassword, newPassword } = body;
  if (typeof newPassword !== 'string') return refused({ kind: 'missing', parameter: 'newPassword' });
  if (typeof oldPassword !== 'string') return refused({ kind: 'missing', parameter: 'oldPassword' });
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
  const { set, unset } = proofChange(await proofOf(hasher, newPassword));
  const answer = await settled(exchange, () => {
    const own = credentialsOf(runtime.live, caller.user.actor).find(({ attributes }) => attributes.dialect === 'gws');
    if (own === undefined) return refused({ kind: 'notFound', resource: 'Credential', id: name });
    return {
      deliveries: [
        { to: own.actor, event: { type: 'change', set, unset } },
        { to: caller.user.actor, event: { type: 'change', set: { changePasswordOnFirstLogin: false } } },
      ],
    };
  });
  if (answer.kind === 'done') exchange.renewSession();
  return answer;
}

const PASSWORD_CHARS_MAX = 512;
/** Why, as the notification has it (D7). */
const TOO_WEAK = { errorCode: 1, errorMessage: 'New password is too weak' };
const WRONG_OLD = { errorCode: 2, errorMessage: 'Old password is wrong' };

function tellError({ notify, caller: { user }, uri }: Exchange, why: typeof TOO_WEAK): void {
  const data = { ...passwordNotice('PasswordChangeError'), ...why };
  notify('/v2/me', data);
  notify('/v2/users', { ...data, userUri: uri(path('users', user.id)), userId: user.id });
}
