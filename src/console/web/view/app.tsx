/** The frame of the page: bar, scrubber, wall, lanes with the list of events below, inspector. */
import { needsToken } from '../model/api.ts';
import { actor, moment } from '../model/place.ts';
import { barred } from '../model/readiness.ts';
import { trouble } from '../model/session.ts';
import { Bookmarks } from './bookmarks.tsx';
import { Deliveries } from './deliveries.tsx';
import { EventList } from './event-list.tsx';
import { Help } from './help.tsx';
import { Inspector } from './inspector.tsx';
import { Lanes } from './lanes.tsx';
import { Scrubber } from './scrubber.tsx';
import { SignIn } from './sign-in.tsx';
import { TopBar } from './top-bar.tsx';
import { WallView } from './wall-view.tsx';

export function App() {
  if (needsToken.value) return <SignIn />;
  const shape = `frame${moment.value === undefined ? '' : ' frozen'}${actor.value === undefined ? '' : ' chosen'}`;
  return (
    <div class={shape}>
      <TopBar />
      <Scrubber />
      <Trouble />
      <main class="rooms">
        <WallView />
        <section class="middle" aria-label="Events">
          <Lanes />
          <EventList />
        </section>
        {actor.value !== undefined && <Inspector />}
      </main>
      <Help />
      <Bookmarks />
      <Deliveries />
    </div>
  );
}

/** What was asked for last and could not be had; else why nothing happens. */
function Trouble() {
  if (trouble.value === '')
    return barred.value === undefined ? null : (
      <div class="trouble" role="alert">
        Nothing can be recorded now: {barred.value}.
      </div>
    );
  return (
    <div class="trouble" role="alert">
      {trouble.value}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          trouble.value = '';
        }}
      >
        Dismiss
      </button>
    </div>
  );
}
