/** One statement to run in a session of its own. */
export interface LaneTask {
  /** SET and USE statements that come first. */
  readonly prelude: string;
  /** One statement. */
  readonly sql: string;
  readonly output: /** Chunks of whole rows, the next one when it is asked for; `header`: names come in front of the rows. */
    | { readonly kind: 'stream'; readonly format: string; readonly header: boolean }
    /** The whole result, at once. */
    | { readonly kind: 'whole'; readonly format: string }
    /** The result isn't wanted. */
    | { readonly kind: 'none' };
}

export interface LaneOptions {
  readonly storeDir: string;
  /** Arguments for the engine; only the first session of a process has any say. */
  readonly engineArguments?: readonly string[];
}

/** What a lane is told. `more` asks for one more chunk, `stop` ends a stream between two chunks. */
export type LaneCommand =
  | { readonly kind: 'run'; readonly task: LaneTask }
  | { readonly kind: 'more' }
  | { readonly kind: 'stop' };

/** What a lane says. A task ends with `done` or `failed`; the lane is free then. */
export type LaneReport =
  | { readonly kind: 'open'; readonly version: string }
  | { readonly kind: 'unusable'; readonly reason: 'not-installed' | 'unsupported-platform' | 'not-opened' }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

/** How many chunks a lane may have sent that nobody has taken yet. */
export const chunksAhead = 2;
