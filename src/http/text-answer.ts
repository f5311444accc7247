/** An answer that is one text, before it is written: to a response (answer.ts), or to a bare connection (raw-answer.ts). */
export interface TextAnswer {
  readonly status: number;
  /** Instead of the status' own phrase. */
  readonly phrase?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
