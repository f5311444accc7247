/**
 * Attributes as they are typed: `name=Ann`, `members:=[{"agent":"ann"}]` (JSON), `hash=@file` (what a file holds),
 * `@file.json` (a whole object), `@-` (the same from standard input).
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Json, JsonObject } from '../model/json.ts';
import { valueAs } from './api-document.ts';
import { wrongUse } from './exit.ts';
import { fileWords } from './file-words.ts';
import type { Terminal } from './terminal.ts';
import { textIn } from './text-in.ts';

/** How they are typed, for the help of commands that take them. */
export const ATTRIBUTE_WORDS =
  "Attributes: name=value, name:=json, name='text;text' for a list, name=@file, @file.json";

/** Later ones win. Throws wrong use, naming the argument. */
export async function attributesFrom(
  terminal: Pick<Terminal, 'cwd' | 'input'>,
  words: readonly string[],
  schemas: JsonObject,
): Promise<JsonObject> {
  const attributes: Record<string, Json> = {};
  for (const word of words) {
    if (word.startsWith('@')) Object.assign(attributes, await objectFrom(terminal, word));
    else {
      const [, name = '', isJson, text = ''] = /^([^=:]+)(:?)=(.*)$/s.exec(word) ?? [];
      if (name === '') throw wrongUse(`"${word}" is no attribute: write name=value, name:=json or @file.json`);
      const value = text.startsWith('@') ? await contentOf(terminal, text) : text;
      attributes[name] = isJson === ':' ? jsonOf(value, word) : valueAs(schemas, name, value);
    }
  }
  return attributes;
}

async function objectFrom(terminal: Pick<Terminal, 'cwd' | 'input'>, word: string): Promise<JsonObject> {
  const value = jsonOf(await contentOf(terminal, word), word);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongUse(`${word} holds no JSON object`);
  return value as JsonObject;
}

/** Without the line end that editors leave behind. */
async function contentOf({ cwd, input }: Pick<Terminal, 'cwd' | 'input'>, word: string): Promise<string> {
  const name = word.slice(1);
  if (name === '-') return (await input()).replace(/\r?\n$/, '');
  const bytes = await readFile(resolve(cwd, name)).catch((error: unknown) => {
    throw wrongUse(`${word} cannot be read: ${fileWords(error, name)}`);
  });
  return textIn(bytes, name).replace(/\r?\n$/, '');
}

function jsonOf(text: string, word: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw wrongUse(`${word}: this is not JSON`);
  }
}
