/** A box over the page, open as long as its signal says so: closed by Escape, its button, or a click beside it. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export function Dialog(props: { shown: Signal<boolean>; label: string; wide?: boolean; children: ComponentChildren }) {
  const { shown, label, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (shown.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown.value]);
  const close = () => {
    shown.value = false;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes it by Escape
    <dialog
      ref={dialog}
      class={props.wide === true ? 'box-over wide' : 'box-over'}
      onClose={close}
      onClick={({ target }) => {
        if (target === dialog.current) close();
      }}
      aria-label={label}
    >
      <div class="inside">
        {shown.value && children}
        <form method="dialog">
          <button type="submit" class="primary">
            Close
          </button>
        </form>
      </div>
    </dialog>
  );
}
