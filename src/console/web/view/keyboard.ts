/** The keys of the page; none while somebody types. */
import { toggleBookmark } from '../model/bookmarks.ts';
import { choose, show, step, stepToTrouble, toggleLive } from '../model/moves.ts';
import { axis, TABS } from '../model/place.ts';
import { togglePlay } from '../model/replay.ts';
import { toggleMark } from '../model/story.ts';
import { helpShown } from './help.tsx';

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector('dialog[open]') !== null ||
      isTyping(event.target)
    )
      return;
    if (act(event)) event.preventDefault();
  });
}

function act({ key, shiftKey, target }: KeyboardEvent): boolean {
  switch (key) {
    case 'ArrowLeft':
      step(-1, shiftKey);
      return true;
    case 'ArrowRight':
      step(1, shiftKey);
      return true;
    case ' ':
      // A button under the focus is pressed by it.
      if (target instanceof HTMLButtonElement) return false;
      toggleLive();
      return true;
    case '/':
      return focus('filter');
    case 'n':
    case 'N':
      void stepToTrouble(shiftKey ? -1 : 1);
      return true;
    case 'p':
      togglePlay();
      return true;
    case 'b':
      toggleBookmark();
      return true;
    case 'g':
      return focus('goto');
    case 'o':
      axis.value = axis.peek() === 'time' ? 'order' : 'time';
      return true;
    case 'm':
      toggleMark();
      return true;
    case 'Escape':
      choose(undefined);
      return true;
    case '?':
      helpShown.value = true;
      return true;
    default: {
      const tab = TABS[Number(key) - 1];
      if (tab !== undefined) show(tab);
      return tab !== undefined;
    }
  }
}

function focus(id: string): boolean {
  const field = document.getElementById(id);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox';
}
