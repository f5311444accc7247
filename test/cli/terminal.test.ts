import { expect, test } from 'vitest';
import { coloured, NO_BAR, processTerminal } from '../../src/cli/terminal.ts';

function given(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  const process = { env: {}, cwd: () => '/', stdout: stream, stderr: stream, stdin: [] };
  return { written, terminal: processTerminal(process as unknown as NodeJS.Process, () => NO_BAR) };
}

test('what a customer calls himself gives the terminal of an operator no orders', () => {
  const { terminal, written } = given(true);
  terminal.out('Ann \u001b]0;owned\u0007\u001b[2J\u009b31m\r end\tof\nit');
  terminal.err('\u001b[1A');
  expect(written).toEqual(['Ann \\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\x0d end\tof\nit\n', '\\x1b[1A\n']);
});

test('a terminal that was given no size cuts nothing off', () => {
  expect(given(true).terminal.columns).toBe(80);
  expect(given(true, 0).terminal.columns).toBeUndefined();
});

test('colours stay colours', () => {
  const { terminal, written } = given(true);
  terminal.out(coloured(terminal, 'bold', 'Ann'));
  expect(written).toEqual(['\u001b[1mAnn\u001b[0m\n']);
});

test('a pipe gets what there is', () => {
  const { terminal, written } = given(false);
  terminal.out('Ann \u001b[2J');
  expect(written).toEqual(['Ann \u001b[2J\n']);
});
