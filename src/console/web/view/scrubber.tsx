/** The whole log as one slider, its right end is live; and what moves along it: playing, and going to what went wrong. */
import { bookmarks } from '../model/bookmarks.ts';
import { goLive, goTo, stepToTrouble } from '../model/moves.ts';
import { moment } from '../model/place.ts';
import { playing, SPEEDS, type Speed, speed, togglePlay } from '../model/replay.ts';
import { head } from '../model/session.ts';
import { count } from './times.ts';

export function Scrubber() {
  const last = Math.max(head.value, 1);
  const at = moment.value ?? last;
  return (
    <section class="scrubber" aria-label="Moment">
      <Play />
      <div class="track">
        <input
          type="range"
          id="scrubber"
          min={1}
          max={last}
          value={at}
          style={{ '--share': `${shareOf(at, last)}%` }}
          aria-label="Moment of the page, as a position in the log"
          aria-valuetext={moment.value === undefined ? 'live' : `frozen at position ${at}`}
          onInput={({ currentTarget }) => {
            const position = Number(currentTarget.value);
            if (position >= last) goLive();
            else goTo(position);
          }}
        />
        {bookmarks.value.map((one) => (
          <a
            key={one.at}
            class="flag"
            href={`#${one.address}`}
            style={{ left: `${shareOf(one.at, last)}%` }}
            title={`#${one.at} ${one.name}`}
          >
            <span class="unseen">Bookmark {one.name}</span>
          </a>
        ))}
      </div>
      <span class="numbers faint">#{count(last)}</span>
      <div class="jumps">
        <button
          type="button"
          class="quiet"
          onClick={() => void stepToTrouble(-1)}
          title="What went wrong before (Shift n)"
        >
          ‹ <span class="mishap" aria-hidden="true" />
          <span class="unseen">What went wrong before</span>
        </button>
        <button type="button" class="quiet" onClick={() => void stepToTrouble(1)} title="What went wrong after (n)">
          <span class="mishap" aria-hidden="true" /> ›<span class="unseen">What went wrong after</span>
        </button>
      </div>
    </section>
  );
}

function Play() {
  const on = playing.value;
  return (
    <div class="play">
      <button
        type="button"
        class="quiet"
        onClick={togglePlay}
        aria-label={on ? 'Stop playing' : 'Play the log from here'}
        title={on ? 'Stop (p)' : 'Play the log from here (p)'}
        data-playing={on}
      >
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <path d={on ? 'M2 1h3v10H2zM7 1h3v10H7z' : 'M2 1l9 5-9 5z'} />
        </svg>
      </button>
      <select
        value={String(speed.value)}
        aria-label="Speed: seconds of the log in one second"
        title="Seconds of the log in one second"
        onChange={({ currentTarget }) => {
          speed.value = Number(currentTarget.value) as Speed;
        }}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={String(one)}>
            {one}×
          </option>
        ))}
      </select>
    </div>
  );
}

function shareOf(position: number, last: number): number {
  return last === 1 ? 100 : ((position - 1) / (last - 1)) * 100;
}
