/**
 * A bar on a terminal, a line now and then elsewhere, nothing at all for work that ends at once.
 */
import cliProgress from 'cli-progress';

const { Format, SingleBar } = cliProgress;

export interface ProgressBar {
  show(done: number, total: number): void;
  end(): void;
}

/** Work below this is over before anybody could read a bar. */
const WORTH_SHOWING = 5_000;
/** Elsewhere than on a terminal: a line per so many percent. */
const LINE_EVERY_PERCENT = 10;

export function progressBar(stream: NodeJS.WriteStream, what: string): ProgressBar {
  let bar: cliProgress.SingleBar | undefined;
  let told = -LINE_EVERY_PERCENT;
  return {
    show(done, total) {
      if (total < WORTH_SHOWING) return;
      if (stream.isTTY) {
        if (bar === undefined) {
          const format = `${what} [{bar}] {percentage}% {value}/{total}, {eta_formatted} left`;
          // The cursor stays: whoever ends the program by Ctrl-C would not get it back.
          bar = new SingleBar({ stream, format, formatTime });
          bar.start(total, done);
        }
        bar.update(done);
        return;
      }
      const percent = Math.floor((100 * done) / total);
      if (percent < told + LINE_EVERY_PERCENT) return;
      told = percent;
      stream.write(`${what}: ${done} of ${total} (${percent} %)\n`);
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** The library's own, which cuts what it says while it cannot tell (`NULL`, `INF`) to two letters. */
const formatTime: cliProgress.TimeFormatter = (seconds, ...rest) =>
  Number.isFinite(Number(seconds)) ? Format.TimeFormat(seconds, ...rest) : '?';
