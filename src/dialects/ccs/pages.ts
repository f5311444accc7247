/**
 * The two test pages that chapter 5 of the document speaks of, served as `/6/v2/apitest.html` and `/6/v2/wstest.html`. They
 * are whole in themselves and load nothing; the policy they are sent with lets exactly their own script and style run.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const NAMES = ['apitest.html', 'wstest.html'] as const;

/** By file name. Read once, when the dialect is made. */
export function readPages(): ReadonlyMap<string, Page> {
  return new Map(
    NAMES.map((name) => {
      const html = readFileSync(join(import.meta.dirname, 'pages', name), 'utf8');
      return [name, { html, contentSecurityPolicy: policyOf(html) }];
    }),
  );
}

/** A page may ask any Domain its user names: it holds nothing but what he typed into it. */
function policyOf(html: string): string {
  const hashed = (element: string): string => {
    const inner = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html)?.[1] ?? '';
    return `'sha256-${createHash('sha256').update(inner).digest('base64')}'`;
  };
  return [
    "default-src 'none'",
    `script-src ${hashed('script')}`,
    `style-src ${hashed('style')}`,
    'connect-src http: https: ws: wss:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
