/** What this server's native API offers, as its own description says; the page shows nothing it cannot do. */
import { signal } from '@preact/signals';
import { get } from './api.ts';

type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const paths = signal<Paths>({});

export async function learnFeatures(): Promise<void> {
  const document = await get<{ paths?: Paths }>('/openapi.json').catch(() => ({ paths: {} }));
  paths.value = document.paths ?? {};
}

export function offers(path: string, method = 'get'): boolean {
  return paths.value[path]?.[method] !== undefined;
}
