/**
 * What the dialect is made of.
 */
import type { BlobKeeper } from '../../blobs/keeper.ts';
import type { Identity } from '../../identity/identity.ts';
import type { RandomBytes } from '../../model/random.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { Profile } from './answers.ts';

export interface GmsParts {
  readonly runtime: Runtime;
  readonly keeper: BlobKeeper;
  readonly random: RandomBytes;
  /** A fresh command id. */
  readonly mintId: () => string;
  /** The one tenant it serves: its paths name none. */
  readonly tenant: string;
  /** Who is let in: everybody, as in the document, or only who signs in (Basic or Bearer) to this tenant. */
  readonly identity?: Identity;
  /** Default: `seed`. */
  readonly profile?: Profile;
  /** Origins whose pages may call, as `CrossOrigin` has them. Default: none. */
  readonly origins?: readonly string[];
  /** How long a CometD connect is held. Default: 30 s. */
  readonly holdMs?: number;
  /** `raw`: a key is answered by its bare value, as the document's example has it. Default: `json`, as its text has it. */
  readonly queryOneKey?: 'json' | 'raw';
}
