/** A record's place in the log: 1, 2, 3 … without gaps. 0 is "before the first record". Never an actor's version. */
export type Position = number;

export const LOG_START: Position = 0;
