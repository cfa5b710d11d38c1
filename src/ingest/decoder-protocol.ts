import type { DecodedRemoteWrite, RemoteWriteBody } from './remote-write/remote-write-decoder.ts';
import type { DecodedBody, DecodedLines, RequestBody, RequestLines } from './request-decoder.ts';

/** What a decoder thread is asked to do. */
export type DecoderJob =
  | { readonly kind: 'body'; readonly body: RequestBody }
  | { readonly kind: 'lines'; readonly lines: RequestLines }
  | { readonly kind: 'remote write'; readonly body: RemoteWriteBody };

/** Errors lose their class on the way between threads; this stands for it. */
export type DecoderFailure = 'input' | 'too large' | 'internal';

export type DecoderReply =
  | { readonly kind: 'body'; readonly decoded: DecodedBody }
  | { readonly kind: 'lines'; readonly decoded: DecodedLines }
  | { readonly kind: 'remote write'; readonly decoded: DecodedRemoteWrite }
  | { readonly kind: 'failed'; readonly failure: DecoderFailure; readonly message: string };
