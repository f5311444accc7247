/**
 * Posts JSON to the one address the operator configured, and says what became of it. Redirects are not followed.
 */

/** `later`: the receiver is not there or says so; `never`: it does not want this one. */
export type Posted = 'taken' | 'later' | 'never';

export type Post = (body: string) => Promise<Posted>;

const ANSWER_MS_MAX = 5_000;
const LATER = new Set([408, 425, 429]);

/** A name and password in the address are sent as Basic credentials. */
export function poster(url: string): Post {
  const { address, credentials } = apart(new URL(url));
  return async (body) => {
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...credentials },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      await answer.body?.cancel();
      if (answer.ok) return 'taken';
      return answer.status >= 500 || LATER.has(answer.status) ? 'later' : 'never';
    } catch {
      // Refused, reset, too slow, no such host: all are reasons to come again.
      return 'later';
    }
  };
}

/** `fetch` takes no address that holds a password. */
function apart(url: URL): { readonly address: URL; readonly credentials: Readonly<Record<string, string>> } {
  const { username, password } = url;
  if (username === '') return { address: url, credentials: {} };
  const address = new URL(url);
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address, credentials: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}
