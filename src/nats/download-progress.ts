/**
 * Shows a download on a stream: a bar on a terminal where the total is known, else one line when it begins.
 */
import { SingleBar } from 'cli-progress';
import type { Progress } from './download.ts';

export function downloadProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  return {
    begin(what, total) {
      if (!stream.isTTY || total === undefined) {
        stream.write(`downloading ${what} …\n`);
        return;
      }
      // The cursor stays: whoever ends the program by Ctrl-C would not get it back.
      bar = new SingleBar({ stream, format: `downloading ${what} [{bar}] {percentage}%` });
      bar.start(total, 0);
    },
    reach(value) {
      bar?.update(value);
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}
