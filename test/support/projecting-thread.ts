/** The program of the thread that projects, as the server starts it. */
export const PROJECTING_THREAD = new URL('../../src/composition/projecting-program.ts', import.meta.url);
