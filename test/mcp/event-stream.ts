import { type ClientRequest, request } from 'node:http';
import { bearer } from '../support/raw-http.ts';

export interface EventStream {
  readonly status: number;
  /** Settles when the server ends the stream, or it is dropped. */
  readonly ended: Promise<void>;
  /** Closes the connection, as a client does that goes away. */
  drop(): void;
}

/** Opens the event stream of a session (GET). */
export async function openEventStream(url: URL, key: string, session: string): Promise<EventStream> {
  const headers = { ...bearer(key), accept: 'text/event-stream', 'mcp-session-id': session };
  return openStream(request(url, { headers, agent: false }));
}

/** Sends a request, and gives its response as a stream as soon as the headers are there. */
export function openStream(sent: ClientRequest, body?: string): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      const ended = new Promise<void>((done) => response.once('close', done));
      response.on('error', () => {}).resume();
      resolve({ status: response.statusCode ?? 0, ended, drop: () => sent.destroy() });
    });
    sent.end(body);
  });
}
