/** What the keys do, and what the colours mean. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Tone } from '../model/tones.ts';

export const helpShown = signal(false);

const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'the event before, the event after'],
  ['Shift ← →', 'of the same actor'],
  ['Space', 'freeze here, or back to live'],
  ['/', 'filter'],
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
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpShown.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpShown.value]);
  return (
    <dialog
      ref={dialog}
      class="help"
      onClose={() => {
        helpShown.value = false;
      }}
      aria-label="Help"
    >
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
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
