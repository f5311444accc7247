/** Which tenant, which moment, and the few things that concern the whole page. */
import { useRef } from 'preact/hooks';
import { isSignedIn, signOut } from '../model/api.ts';
import { bookmarks } from '../model/bookmarks.ts';
import { deliveriesShown } from '../model/deliveries.ts';
import { momentTime } from '../model/moment-time.ts';
import { goLive, jump, toggleLive } from '../model/moves.ts';
import { actor, moment, tenant } from '../model/place.ts';
import { connected, cut, head, tenants } from '../model/session.ts';
import { nextTheme, theme } from '../model/theme.ts';
import { bookmarksShown } from './bookmarks.tsx';
import { Copy } from './copy.tsx';
import { helpShown } from './help.tsx';
import { clockTime, count, dayOf } from './times.ts';

export function TopBar() {
  return (
    <header class="bar">
      <h1 class="brand">
        <span class="mark" aria-hidden="true" />
        Ledgerline
      </h1>
      <TenantChoice />
      <Standing />
      <GoTo />
      <PageButtons />
    </header>
  );
}

function TenantChoice() {
  return (
    <label class="tenant">
      <span class="unseen">Tenant</span>
      <select
        value={tenant.value}
        onChange={({ currentTarget }) => {
          tenant.value = currentTarget.value;
          actor.value = undefined;
          goLive();
        }}
      >
        {tenants.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? id}
          </option>
        ))}
      </select>
    </label>
  );
}

function Standing() {
  const at = moment.value;
  const time = momentTime.value;
  if (at === undefined) {
    const [up, gone] = [connected.value, cut.value];
    return (
      <button
        type="button"
        class={up ? 'standing live' : gone ? 'standing cut gone' : 'standing cut'}
        onClick={toggleLive}
        title={gone ? 'The server does not answer; trying again' : 'Freeze the page here (space)'}
        data-live="true"
      >
        <i aria-hidden="true" />
        <b>{up ? 'LIVE' : gone ? 'CUT OFF' : 'CONNECTING'}</b>
        <span class="numbers">#{count(head.value)}</span>
      </button>
    );
  }
  return (
    <div class="standing past" role="status" data-live="false">
      <b>FROZEN</b>
      {cut.value && (
        <b class="gone" title="The server does not answer; trying again">
          CUT OFF
        </b>
      )}
      <span class="numbers">#{count(at)}</span>
      {time !== undefined && (
        <span class="numbers">
          <span class="day">{dayOf(time)} </span>
          <strong>{clockTime(time, true)}</strong>
        </span>
      )}
      <button type="button" onClick={goLive} title="Back to live (space)">
        Go live
      </button>
    </div>
  );
}

function GoTo() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="goto"
      onSubmit={(event) => {
        event.preventDefault();
        void jump(field.current?.value ?? '').then((isThere) => {
          // There, the keys of the page move on; what cannot be gone to is mended here.
          if (isThere) field.current?.blur();
          else field.current?.select();
        });
      }}
    >
      <input
        ref={field}
        id="goto"
        aria-label="Go to a position or a time"
        placeholder="Go to # or time"
        autocomplete="off"
        spellcheck={false}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
        }}
      />
    </form>
  );
}

function PageButtons() {
  return (
    <div class="end">
      <button
        type="button"
        class="quiet wide"
        onClick={() => {
          bookmarksShown.value = true;
        }}
      >
        Bookmarks{bookmarks.value.length === 0 ? '' : ` ${bookmarks.value.length}`}
      </button>
      <button
        type="button"
        class="quiet wide"
        onClick={() => {
          deliveriesShown.value = true;
        }}
        title="Webhooks and NATS consumers: who has been told what"
      >
        Deliveries
      </button>
      <Copy text={() => location.href} title="Copy the address of exactly this view" class="quiet wide">
        Copy link
      </Copy>
      {isSignedIn() && (
        <button type="button" class="quiet" onClick={signOut} title="Forget the token of this tab">
          Sign out
        </button>
      )}
      <button
        type="button"
        class="quiet"
        onClick={nextTheme}
        aria-label={`Theme: ${theme.value}. Change it`}
        title={`Theme: ${theme.value}`}
      >
        {theme.value === 'dark' ? '☾' : theme.value === 'light' ? '☀' : '◐'}
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          helpShown.value = true;
        }}
        aria-label="Help"
        title="Help (?)"
      >
        ?
      </button>
    </div>
  );
}
