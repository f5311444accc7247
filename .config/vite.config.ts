/** Builds the console's page (src/console/web) into dist/console, whence the server serves it at /console. */
import { join } from 'node:path';
import { defineConfig } from 'vite';

const at = (path: string): string => join(import.meta.dirname, path);

export default defineConfig({
  root: at('../src/console/web'),
  base: '/console/',
  publicDir: false,
  build: {
    outDir: at('../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // Small files stay files: the page's policy lets nothing run or style it that is written into it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The layout engine alone is larger; it is loaded apart, in a worker, when a chart is drawn first.
    chunkSizeWarningLimit: 2_000,
  },
});
