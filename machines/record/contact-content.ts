/** What makes two contacts of one person the same. */
import { digestOf } from '../../src/model/digest.ts';
import type { JsonObject } from '../../src/model/json.ts';

/** Equal for contacts of one person that are the same; that he likes one more makes no other of it. */
export function contentOf({ favourite: _, ...content }: JsonObject): string {
  const names = Object.keys(content).sort();
  return digestOf(JSON.stringify(names.map((name) => [name, content[name]])));
}
