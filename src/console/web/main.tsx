/** Starts the page: the theme first, then what the address says, then the view. */
import { render } from 'preact';
import { followAddress } from './model/place.ts';
import { stopWhenMoved } from './model/replay.ts';
import { start } from './model/session.ts';
import { applyTheme } from './model/theme.ts';
import { App } from './view/app.tsx';
import { listenToKeys } from './view/keyboard.ts';

applyTheme();
followAddress();
listenToKeys();
stopWhenMoved();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
start();
