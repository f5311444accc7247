/**
 * Every reason a refusal may give. The document prints none ("<ReasonString>"), so all of them are ours to choose; what
 * the contract proposes is taken from there. One place, so that a better source can replace them.
 */
export const REASONS = {
  invalidJson: 'Invalid JSON',
  invalidRequest: 'Invalid request',
  methodNotAllowed: 'Method not allowed',
  invalidAsOf: 'Invalid As-Of',
  pastReadOnly: 'A moment of the past can be read, not changed',
  momentUnavailable: 'Moment not available',
  invalidIdempotencyKey: 'Invalid Idempotency-Key',
  keyReused: 'Idempotency-Key was used for another request',

  tenantNotFound: 'Tenant not found',
  tenantNotSpecified: 'Tenant not specified',
  extensionNotFound: 'Extension not found',
  productNotFound: 'Product not found',
  productAssigned: 'Product already assigned',
  productNotAssigned: 'Product not assigned',
  noExtension: 'No extension for user',
  notAnAgent: 'Extension is not an agent',
  noAgent: 'No agent for extension',
  userDisabled: 'User is disabled',
  invalidStateName: 'Invalid state name',
  noLine: 'Extension has no line',

  callNotFound: 'Call not found',
  callNotAnswered: 'Call is not answered',
  callNotWaiting: 'Call is not waiting',
  suppressionStarted: 'Suppression already started',
  suppressionNotStarted: 'Suppression not started',
  queueNotFound: 'Queue not found',
  invalidTarget: 'Invalid target',
  extensionBusy: 'Extension is busy',
  invalidRange: 'Invalid to_datetime',

  tooLarge: 'Too large',
  bodyEncoded: 'Content-Encoding is not accepted',
  conflict: 'Changed by somebody else, try again',
  refused: 'Not possible now',
} as const;

/** A reason string, from the table above or made by one of the functions below. */
export type Reason = (typeof REASONS)[keyof typeof REASONS] | ReturnType<(typeof reasonOf)[keyof typeof reasonOf]>;

export const reasonOf = {
  invalidValue: (key: string) => `Invalid value for ${key}` as const,
  unknownField: (key: string) => `Unknown field ${key}` as const,
  belowCount: (key: string) => `${key} is less than the current count` as const,
  exceeded: (limit: string) => `${limit} exceeded` as const,
  missingParameter: (name: string) => `Missing parameter ${name}` as const,
  invalidParameter: (name: string) => `Invalid ${name}` as const,
};
