/** Why a call refuses a command: its own words, which dialects turn into theirs. */
const REASONS = [
  /** The call is over. */
  'ended',
  /** Born already. */
  'exists',
  /** A leg of that id is, or was, in the call. */
  'legExists',
  'unknownLeg',
  /** The leg is in the call, but in no state for this; `details.state` says in which. */
  'legReleased',
  'notRinging',
  'notEstablished',
  'notHeld',
  /** A consult of this leg is up: complete it, cancel it, or swap the two. */
  'consultLive',
  'alreadyMuted',
  'notMuted',
  /** A transfer or a conference needs somebody at the other end. */
  'nobodyElse',
  /** More legs than a call takes. */
  'tooManyLegs',
  'unknownConsult',
  'tooManyConsults',
  /** The consult was begun for a transfer and asked for a conference, or the other way round. */
  'otherPurpose',
  /** `completeTransfer`, `swapCalls`, … sent to a call with no consult, which is none itself. */
  'noConsult',
  /** Fewer than three people: nobody can be removed. */
  'notConference',
  'userDataTooLarge',
  'unknownKey',
  'alreadySuppressed',
  'notSuppressed',
  'recordingNotAllowed',
  'recordingMandatory',
  'alreadyRecording',
  'notRecording',
  /** Who takes part in the call cannot listen in on it. */
  'inCall',
  /** The same person does this very thing already. */
  'alreadyMonitoring',
  'notMonitoring',
  /** Nobody has answered yet. */
  'notAnswered',
  /** The call waits in no queue (any more). */
  'notWaiting',
  'alreadyQueued',
  /** It rings at an agent just now. */
  'alreadyOffered',
  'notOffered',
  /** It is somewhere already: only a call that nobody was called for yet can be routed. */
  'alreadyRouted',
] as const;
export type Reason = (typeof REASONS)[number];
