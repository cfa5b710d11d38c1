import { z } from 'zod';
import { bearer, postMcp, type RawResponse } from '../support/raw-http.ts';

/** The JSON-RPC message in a response, as JSON or as the last event of an event stream. */
export function messageOf({ headers, body }: Pick<RawResponse, 'headers' | 'body'>): unknown {
  if (!headers['content-type']?.startsWith('text/event-stream')) return JSON.parse(body);
  const data = body.split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse(data.at(-1)?.slice('data: '.length) ?? 'null');
}

const textResult = z.object({ result: z.object({ content: z.tuple([z.object({ text: z.string() })]) }) });

/** The one text block of a tool's answer. */
export function textOf(response: RawResponse): string {
  return textResult.parse(messageOf(response)).result.content[0].text;
}

export const modernVersion = '2026-07-28';

/** What each request of the newer era carries. */
export const envelope = {
  'io.modelcontextprotocol/protocolVersion': modernVersion,
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Headers that the newer era wants besides the usual ones. */
export function modernHeaders(method: string, name?: string): Record<string, string> {
  return {
    'mcp-protocol-version': modernVersion,
    'mcp-method': method,
    ...(name !== undefined && { 'mcp-name': name }),
  };
}

export function modernMessage(method: string, params: Readonly<Record<string, unknown>> = {}) {
  return { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } };
}

/** Calls a tool in the newer era. */
export function callModern(url: URL, key: string, name: string, args: unknown): Promise<RawResponse> {
  const message = modernMessage('tools/call', { name, arguments: args });
  return postMcp(url, message, { ...bearer(key), ...modernHeaders('tools/call', name) });
}

/** Calls a tool in a session. */
export function callInSession(
  url: URL,
  key: string,
  session: string,
  name: string,
  args: unknown,
): Promise<RawResponse> {
  const message = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args } };
  return postMcp(url, message, { ...bearer(key), 'mcp-session-id': session });
}

export const listTools = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
