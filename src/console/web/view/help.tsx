/** What the keys do, and what the colours mean. */
import { signal } from '@preact/signals';
import type { Tone } from '../model/tones.ts';
import { Dialog } from './dialog.tsx';

export const helpShown = signal(false);

const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'the event before, the event after'],
  ['Shift ← →', 'of the same actor'],
  ['Space', 'freeze here, or back to live'],
  ['/', 'filter'],
  ['n  Shift n', 'the next, the last thing that went wrong: missed, failed, abandoned'],
  ['p', 'play the log from here, or stop'],
  ['b', 'bookmark this moment, or take the bookmark away'],
  ['g', 'go to a position or a time'],
  ['1 – 5', 'state, context, why, fork, record'],
  ['o', 'axis: time, or order'],
  ['m', 'mark this record: others of the actor are compared with it'],
  ['Esc', 'clear the selection'],
  ['?', 'this help'],
];

const TONES: readonly (readonly [Tone, string])[] = [
  ['ready', 'ready'],
  ['ringing', 'ringing, dialling, offered'],
  ['busy', 'talking'],
  ['held', 'on hold'],
  ['waiting', 'waiting in a queue'],
  ['wrapUp', 'wrap-up'],
  ['away', 'away'],
  ['off', 'signed out, over'],
  ['other', 'anything else'],
];

export function Help() {
  return (
    <Dialog shown={helpShown} label="Help">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h2>Colours</h2>
      <ul class="legend">
        {TONES.map(([tone, means]) => (
          <li key={tone}>
            <i class={`dot ${tone}`} aria-hidden="true" /> {means}
          </li>
        ))}
      </ul>
      <p class="faint">
        In the lanes: the wheel zooms, dragging moves, a click on a dot takes the page to that record. Arrows lead from
        the record that told to the record that was told.
      </p>
    </Dialog>
  );
}
