/** The whole log as one slider: dragging it takes the page to a moment, its right end is live. */
import { goLive, goTo } from '../model/moves.ts';
import { moment } from '../model/place.ts';
import { head } from '../model/session.ts';
import { count } from './times.ts';

export function Scrubber() {
  const last = Math.max(head.value, 1);
  const at = moment.value ?? last;
  const share = last === 1 ? 100 : ((at - 1) / (last - 1)) * 100;
  return (
    <div class="scrubber">
      <span class="numbers faint">#1</span>
      <input
        type="range"
        id="scrubber"
        min={1}
        max={last}
        value={at}
        style={{ '--share': `${share}%` }}
        aria-label="Moment of the page, as a position in the log"
        aria-valuetext={moment.value === undefined ? 'live' : `frozen at position ${at}`}
        onInput={({ currentTarget }) => {
          const position = Number(currentTarget.value);
          if (position >= last) goLive();
          else goTo(position);
        }}
      />
      <span class="numbers faint">#{count(last)}</span>
    </div>
  );
}
