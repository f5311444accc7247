/**
 * What a file system refused, as people say it: `/x.csv: there is no such file`, instead of the name of an error code.
 */
import { messageOf } from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EISDIR: 'this is a folder',
  ENOTDIR: 'a part of this path is no folder',
  EEXIST: 'there is such a file already',
  ENOSPC: 'the disk is full',
  EROFS: 'this file system can only be read',
};

/** One line for an error of a file; `path` for those that do not name theirs. Other errors keep their words. */
export function fileWords(error: unknown, path?: string): string {
  const { code = '', path: named = path } = error as NodeJS.ErrnoException;
  const words = WORDS[code];
  return words === undefined || named === undefined ? messageOf(error) : `${named}: ${words}`;
}
