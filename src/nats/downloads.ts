/**
 * The places a nats-server is fetched from, in the order they are tried.
 */
import { debianPackage } from './debian-package.ts';
import type { DownloadSource } from './download.ts';
import { RELEASE_VERSION, RELEASES_URL, releaseArchive } from './release-archive.ts';

export interface Downloads {
  /** As process.platform and process.arch say. */
  readonly platform: string;
  readonly arch: string;
  /** Where releases are kept, for those who mirror them. Default: where their makers publish them. */
  readonly releasesUrl?: string | undefined;
}

export function downloadsFor({ platform, arch, releasesUrl = RELEASES_URL }: Downloads): DownloadSource[] {
  return [
    releaseArchive({ baseUrl: releasesUrl, version: RELEASE_VERSION, platform, arch }),
    debianPackage({ platform, arch }),
  ];
}
