/** The moments this browser keeps: by name, in the order of the log. */
import { signal } from '@preact/signals';
import { bookmarks, removeBookmark, renameBookmark, toggleBookmark } from '../model/bookmarks.ts';
import { Dialog } from './dialog.tsx';
import { count } from './times.ts';

export const bookmarksShown = signal(false);

export function Bookmarks() {
  return (
    <Dialog shown={bookmarksShown} label="Bookmarks" wide>
      <h2>Bookmarks</h2>
      {bookmarks.value.length === 0 && <p class="empty">None yet. The key b keeps the moment of the page.</p>}
      <ul class="bookmarks">
        {bookmarks.value.map((one) => (
          <li key={one.at}>
            <a
              href={`#${one.address}`}
              onClick={() => {
                bookmarksShown.value = false;
              }}
            >
              #{count(one.at)}
            </a>
            <input
              value={one.name}
              aria-label={`Name of the bookmark at ${one.at}`}
              onChange={({ currentTarget }) => renameBookmark(one, currentTarget.value)}
            />
            <button type="button" class="quiet" onClick={() => removeBookmark(one)} aria-label={`Remove ${one.name}`}>
              Remove
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet wide" onClick={toggleBookmark}>
        Bookmark this moment
      </button>
    </Dialog>
  );
}
