/** How far back the audit is read, as the API takes it. */
export const sinces = [
  { value: 'now-1h', label: 'Last hour' },
  { value: 'now-24h', label: 'Last day' },
  { value: 'now-7d', label: 'Last 7 days' },
  { value: 'now-30d', label: 'Last 30 days' },
] as const;
export type Since = (typeof sinces)[number]['value'];

/** How a call ended: the outcomes of src/observe/audit.ts. */
export const outcomes = [
  { value: 'any', label: 'Any' },
  { value: 'ok', label: 'Answered' },
  { value: 'invalid_input', label: 'Wrong input' },
  { value: 'refused', label: 'Refused' },
  { value: 'limited', label: 'Limit of the key' },
  { value: 'timeout', label: 'Took too long' },
  { value: 'memory', label: 'Too much memory' },
  { value: 'rows', label: 'Too many rows' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'busy', label: 'Server busy' },
  { value: 'unavailable', label: 'Store unavailable' },
  { value: 'denied', label: 'Denied by the store' },
  { value: 'aborted', label: 'Broken off' },
  { value: 'internal', label: 'Internal error' },
] as const;
export type Outcome = (typeof outcomes)[number]['value'];

/** An outcome in words; one that this page does not know as it is. */
export const outcomeText = (outcome: string): string =>
  outcomes.find(({ value }) => value === outcome)?.label ?? outcome;
