/**
 * Runs a program to its end and keeps what it says, for steps of the setup that speak for themselves.
 * Plain JavaScript of an old Node; nothing is shown here, and no exit code is judged.
 */
import { spawn } from 'node:child_process';

/** How it ended, and its output and complaints in the order they came. Rejects when the program cannot be started. */
export function runProgram(program, args, cwd) {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
