/**
 * Whether anything can be recorded, asked for while the page is looked at. Where it cannot, nothing happens, and a page that
 * only waits for what happens would look as if all were quiet.
 */
import { signal } from '@preact/signals';

/** Why nothing is recorded, in the server's words; undefined while it is, and while nobody answers: that is said elsewhere. */
export const barred = signal<string | undefined>(undefined);

const ASK_MS = 5_000;
const NOT_READY = 503;

interface Readiness {
  readonly dependencies: readonly { readonly name: string; readonly state: string; readonly detail?: string }[];
}

export function followReadiness(): void {
  const ask = async (): Promise<void> => {
    if (!document.hidden) barred.value = await whyNot();
    setTimeout(() => void ask(), ASK_MS);
  };
  void ask();
}

async function whyNot(): Promise<string | undefined> {
  // One that never answers must not be the last that is asked.
  const answer = await fetch('/readyz', { signal: AbortSignal.timeout(ASK_MS) }).catch(() => undefined);
  if (answer?.status !== NOT_READY) return undefined;
  const { dependencies } = (await answer.json().catch(() => ({ dependencies: [] }))) as Readiness;
  const down = dependencies.filter(({ state }) => state !== 'up');
  return (
    down.find(({ detail }) => detail !== undefined)?.detail ?? (down.map(({ name }) => name).join(', ') || undefined)
  );
}
