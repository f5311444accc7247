/**
 * Sees to it that node_modules holds what package-lock.json says. Compares the versions that npm wrote down in both
 * places, so a checkout, a `git pull` or one's own `npm ci` are all told apart rightly; file times prove nothing.
 * Run by an old Node before anything is installed: plain JavaScript, nothing imported that is installed.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const TURN = join(ROOT, '.cache', 'installing');
const POLL_MS = 300;
const NPM_WORDS_MAX = 6;

/** Installs when something is missing; throws an Error whose message says what, and how to supply it. */
export async function ensurePackages({ dev }) {
  if (missingPackages(dev).length === 0) return;
  const giveBack = await takeTurn();
  try {
    // The process that had its turn before may have installed them.
    if (missingPackages(dev).length > 0) await install();
  } finally {
    giveBack();
  }
}

/** Runs npm; resolves with what it said. Throws an Error that ends with npm's own first words of complaint. */
export async function npm(args) {
  const script = process.env.npm_execpath ?? '';
  const [program, first] = script.endsWith('npm-cli.js') ? [process.execPath, [script]] : ['npm', []];
  const { code, said } = await runProgram(program, [...first, ...args], ROOT);
  if (code === 0) return said;
  const words = said.split('\n').filter((line) => !/^(npm (error|ERR!|warn))?\s*$/.test(line));
  throw new Error([`npm ${args[0]} ended with exit code ${code}`, ...words.slice(0, NPM_WORDS_MAX)].join('\n  '));
}

/** Places in node_modules whose package is absent or of another version. What npm may leave out is not asked for. */
function missingPackages(dev) {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.keys(wanted).filter((place) => {
    const entry = wanted[place];
    if (place === '' || entry.optional || entry.devOptional || (entry.dev && !dev)) return false;
    return installed[place]?.version !== entry.version;
  });
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

async function install() {
  const places = Object.keys(readPackages(join(ROOT, 'package-lock.json'))).filter((place) => place !== '');
  const stopShowing = showProgress(places);
  // Tries once more, but not for minutes: without a network the answer should come soon.
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000'];
  try {
    await npm(['ci', '--include=dev', '--prefer-offline', '--loglevel=error', ...retries]);
    stopShowing('installed the npm packages');
  } catch (error) {
    stopShowing('');
    throw new Error(missingMessage(error.message));
  }
}

function missingMessage(reason) {
  const lines = [
    'The npm packages are missing, the pinned Node 24 among them, and could not be installed:',
    `  ${reason}`,
    'They are needed once, from the registry that npm is configured for. To supply them without a network: fill an npm',
    'cache elsewhere and run `npm ci --offline` with it, or copy node_modules from a machine of the same kind.',
  ];
  if (!process.env.LEDGERLINE_NATS_BIN) {
    lines.push(
      'nats-server is needed too: put 2.12.1 or newer on PATH, or set LEDGERLINE_NATS_BIN=/path/to/nats-server.',
    );
  }
  return lines.join('\n');
}

/** A counter on a terminal, one line elsewhere. Returns the function that ends it. */
function showProgress(places) {
  const { stderr } = process;
  const what = 'installing npm packages';
  if (!stderr.isTTY) {
    stderr.write(`${what} (${places.length}, once) …\n`);
    return (last) => {
      if (last !== '') stderr.write(`${last}\n`);
    };
  }
  const draw = () => {
    const done = places.filter((place) => existsSync(join(ROOT, place, 'package.json'))).length;
    stderr.write(`\r${what}: ${done} of ${places.length} `);
  };
  const drawing = setInterval(draw, POLL_MS);
  return (last) => {
    clearInterval(drawing);
    stderr.write(`\r\u001b[K${last === '' ? '' : `${last}\n`}`);
  };
}

/** One installation at a time: two would delete each other's files. Resolves with the function that gives the turn back. */
async function takeTurn() {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  for (;;) {
    try {
      const file = openSync(TURN, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(TURN, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isInstalling(TURN)) rmSync(TURN, { force: true });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isInstalling(file) {
  try {
    // An empty file is one whose owner has not written its pid yet; signal 0 to pid 0 says "alive", as it should.
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
