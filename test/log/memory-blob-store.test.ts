import { MemoryBlobStore } from '../../src/log/memory-blob-store.ts';
import { blobStoreContract } from '../contracts/blob-store.contract.ts';

blobStoreContract('memory-blob-store', async () => new MemoryBlobStore());
