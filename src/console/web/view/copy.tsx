/** A button that puts a text on the clipboard, and says for a moment that it has, or that the browser let it not. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

const SAID_MS = 1_500;

export function Copy(props: { text: () => string; title: string; class: string; children: ComponentChildren }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    // Without https there is no clipboard, but for a server on the machine itself.
    const done = await navigator.clipboard?.writeText(props.text()).then(
      () => true,
      () => false,
    );
    setSaid(done === true ? 'Copied' : 'Not allowed');
    setTimeout(() => setSaid(''), SAID_MS);
  };
  return (
    <button type="button" class={props.class} onClick={copy} title={props.title} aria-live="polite">
      {said || props.children}
    </button>
  );
}
