/**
 * Services as owners of blobs: the one place that knows where a service's record names its files.
 */
import type { Files } from '../../machines/service/events.ts';
import { fileOwners, isFileKept } from '../../projections/services.ts';
import { keyOf } from '../model/actor-id.ts';
import { contextOf } from '../model/transition.ts';
import type { BlobReferences } from './keeper.ts';

export const serviceFiles: BlobReferences = {
  isKept: isFileKept,
  owners: (view) =>
    fileOwners(view).map(({ tenant, id, digests }) => ({ key: keyOf({ tenant, kind: 'service', id }), digests })),
  ownerAfter({ actor, transition }) {
    if (actor.kind !== 'service') return undefined;
    const { files } = contextOf<{ readonly files: Files }>(transition);
    return { key: keyOf(actor), digests: Object.values(files).map(({ digest }) => digest) };
  },
};
