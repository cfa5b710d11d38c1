export const engineFailures = [
  'folder-in-use',
  'folder-unusable',
  'not-installed',
  'unsupported-platform',
  'failed',
] as const;
export type EngineFailure = (typeof engineFailures)[number];

/** The embedded engine can't start. The message is one line for whoever starts the product. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly reason: EngineFailure;

  constructor(reason: EngineFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}
