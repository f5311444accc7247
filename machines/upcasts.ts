/**
 * Kinds whose records once had another shape, one line each: the version of today's machine and the kind's own upcast. Beside
 * the roster of machines for those who read records and run none: the thread that projects loads no machine.
 */
import type { Shapes } from '../src/model/upcast.ts';

export const upcasts: Shapes = new Map();
