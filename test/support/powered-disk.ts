/**
 * A disk whose power can be cut: ext4 in a file, on a loop device; and a tmpfs that goes with it. A cut is the file system's
 * own shutdown without flushing its journal (as xfstests do it): from then on everything on it fails, and what was not synced
 * is gone.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

export interface PoweredDisk {
  readonly folder: string;
  /** Empty after a cut. */
  readonly memory: string;
  /** From now on nothing written before is lost. */
  sync(): void;
  /** At once, whoever is writing. */
  cut(): void;
  /** Waits until nobody has anything open on either any more, and mounts what is left. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/** A rename of what was not synced may leave an empty file, as on file systems that do not sync it by themselves. */
const OPTIONS = 'loop,noauto_da_alloc';

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const SHUT_DOWN = 'open(my $f, "<", shift) or die $!; my $how = pack("L", 2); ioctl($f, 0x8004587d, $how) or die $!';

/** Undefined where none can be had: without the right to mount, without loop devices. */
export function poweredDisk(mib: number): PoweredDisk | undefined {
  const home = mkdtempSync(join(tmpdir(), 'ledgerline-powered-'));
  const [image, folder, memory] = [join(home, 'image'), join(home, 'disk'), join(home, 'memory')];
  const mount = () => runs('mount', '-o', OPTIONS, image, folder) && runs('mount', '-t', 'tmpfs', 'tmpfs', memory);
  const unmount = () => [folder, memory].map((place) => runs('umount', place)).every(Boolean);
  const isCut = () => runs('perl', '-e', SHUT_DOWN, folder);
  for (const place of [folder, memory]) mkdirSync(place);
  writeFileSync(image, '');
  truncateSync(image, mib * 1024 * 1024);
  // Not every system that mounts one can cut it off.
  if (!runs('mkfs.ext4', '-q', '-F', image) || !mount() || !isCut() || !unmount() || !mount()) {
    unmount();
    rmSync(home, { recursive: true, force: true });
    return undefined;
  }
  const unmounted = async () => {
    for (const place of [folder, memory])
      await eventually(`nobody uses ${place}`, () => (runs('umount', place) ? true : undefined));
    // Somebody who copied our mounts holds it a while longer; mounted again before that, it would still be cut off.
    const devices = () => spawnSync('losetup', ['-j', image], { encoding: 'utf8' }).stdout;
    await eventually(`nobody uses ${image}`, () => (devices() === '' ? true : undefined));
  };
  return {
    folder,
    memory,
    sync: () => void runs('sync', '-f', folder),
    cut: () => {
      if (!isCut()) throw new Error(`the power of ${folder} cannot be cut`);
    },
    restore: async () => {
      await unmounted();
      if (!mount()) throw new Error(`${folder} cannot be mounted again`);
    },
    remove: async () => {
      await unmounted();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}
