/**
 * The threads that project, in a process that decides too: deciding keeps its thread busy, and neither waits for the other.
 * Needs little of the program, so that main.ts can begin one first and load the rest while it comes up.
 */
import { SpareThread } from '../projector/spare-thread.ts';

const PROGRAM = new URL('./projecting-program.ts', import.meta.url);

export function projectingThreads(): SpareThread {
  return new SpareThread(PROGRAM);
}
