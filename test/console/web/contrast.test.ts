/** The palette against the AA level of WCAG 2: 4.5 for text, in light and dark. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contrast, inkOn } from '../../../src/console/web/model/contrast.ts';

const TEXT_MIN = 4.5;
const style = join(import.meta.dirname, '../../../src/console/web/style');
const css = readFileSync(join(style, 'tokens.css'), 'utf8');
const panels = readFileSync(join(style, 'panels.css'), 'utf8');
const themes = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([rule, tokens = '']) => ({
  theme: rule.slice(0, rule.indexOf('{')).trim(),
  tokens: new Map(
    [...tokens.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  ),
}));

/** `color-mix(in srgb, one <share>, other)`. */
function mixed(one: string, other: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) => Math.round(channel(one, at) * share + channel(other, at) * (1 - share)));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

test('black on white has the greatest contrast there is', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(inkOn('#ffffff', ['#eeeeee', '#222222'])).toBe('#222222');
});

test('colours that the build has shortened are the same colours', () => {
  expect(contrast('#000', '#fff')).toBeCloseTo(21);
  expect(inkOn('#d1901a', ['#fff', '#1b2430'])).toBe('#1b2430');
});

describe.each(themes)('the theme of $theme', ({ tokens }) => {
  const of = (name: string) => tokens.get(name) ?? '';
  test.each([
    ['text', 'surface'],
    ['faint', 'surface'],
    ['faint', 'page'],
    ['faint', 'raised'],
    ['faint', 'past-soft'],
    ['faint', 'accent-soft'],
    ['accent', 'accent-soft'],
    ['past', 'past-soft'],
    ['bad', 'surface'],
    ['good', 'surface'],
  ])('%s can be read on %s', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(TEXT_MIN);
  });

  test('every tone, toned down as the wall writes it, can be read', () => {
    const share = Number(/\.tile \.state \{[^}]*var\(--tone\) (\d+)%/.exec(panels)?.[1]) / 100;
    for (const [name, tone] of tokens)
      if (name.startsWith('tone-')) {
        const ink = mixed(tone, of('text'), share);
        for (const ground of ['surface', 'raised'])
          expect(contrast(ink, of(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(TEXT_MIN);
      }
  });

  test('every tone can be written on', () => {
    for (const [name, tone] of tokens)
      if (name.startsWith('tone-')) {
        const ink = inkOn(tone, [of('surface'), of('text')]);
        expect(contrast(ink, tone), name).toBeGreaterThanOrEqual(TEXT_MIN);
      }
  });
});
