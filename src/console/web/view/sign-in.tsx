/** Asks for a bearer token where the server wants one. It is kept for this tab alone. */
import { useRef } from 'preact/hooks';
import { isSignedIn, signIn } from '../model/api.ts';

export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <main>
      <form
        class="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          const token = field.current?.value.trim() ?? '';
          if (token === '') return;
          signIn(token);
        }}
      >
        <h1>Ledgerline</h1>
        <p>This server asks who you are. A token with the scopes “read” and “events” is enough to look around.</p>
        {isSignedIn() && (
          <p class="bad" role="alert">
            The server does not know the token of this tab: it was mistyped, revoked, or has run out.
          </p>
        )}
        <label>
          Bearer token
          <input ref={field} id="token" type="password" autocomplete="off" autofocus />
        </label>
        <button type="submit" class="primary">
          Open the console
        </button>
        <p class="faint">
          It stays in this tab and is forgotten with it. Make one with{' '}
          <code>npx ledgerline token create --scope read events</code>.
        </p>
      </form>
    </main>
  );
}
