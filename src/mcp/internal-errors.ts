import type {
  JSONRPCErrorResponse,
  JSONRPCMessage,
  McpServer,
  Transport,
} from '@modelcontextprotocol/server';
import { isJSONRPCErrorResponse, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Logger } from '../observe/log.ts';
import { withoutKeys } from '../observe/without-keys.ts';

/**
 * Keeps the text of errors inside. The SDK answers a request whose handler throws with that error's
 * message, whatever it says. Errors of the protocol are written for clients and go out; the text of
 * all others goes to the log, under an id that the answer carries.
 *
 * @param newId makes the ids
 * @returns the same server, which must not be connected yet
 */
export function hideInternalErrors(server: McpServer, log: Logger, newId: () => string): McpServer {
  const connect = server.connect.bind(server);
  server.connect = async (transport: Transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(withoutInternals(message, log, newId), options);
    await connect(transport);
  };
  return server;
}

function withoutInternals(message: JSONRPCMessage, log: Logger, newId: () => string): JSONRPCMessage {
  if (!isJSONRPCErrorResponse(message)) return message;
  if (isProtocolCode(message.error.code)) return withoutKeysIn(message);
  const issues = invalidParams(message.error.message);
  if (issues !== undefined) {
    return { ...message, error: { code: ProtocolErrorCode.InvalidParams, message: issues } };
  }
  const errorId = newId();
  log.error({ errorId, code: message.error.code, text: message.error.message }, 'an MCP request failed');
  return {
    ...message,
    error: {
      code: ProtocolErrorCode.InternalError,
      message: `The server failed. Its operator finds the reason in the log. Error id: ${errorId}`,
    },
  };
}

/** Errors of the protocol quote what was asked for: a tool, a resource, a method. */
function withoutKeysIn(response: JSONRPCErrorResponse): JSONRPCErrorResponse {
  return { ...response, error: { ...response.error, message: withoutKeys(response.error.message) } };
}

/**
 * JSON-RPC's own codes and those that MCP defines. Any other comes from an error that happens to have a
 * number as its `code`, and -32603 is what the SDK gives to an error without one.
 */
function isProtocolCode(code: number): boolean {
  if (code === ProtocolErrorCode.InternalError) return false;
  return (
    code === ProtocolErrorCode.ParseError ||
    (code >= -32602 && code <= -32600) ||
    (code >= -32099 && code <= -32000)
  );
}

const issuesSchema = z
  .array(
    z.object({
      path: z.tuple([z.literal('params')], z.union([z.string(), z.number()])),
      message: z.string(),
    }),
  )
  .min(1);

/**
 * What is wrong with a request's parameters, where that is what failed: the SDK throws the list of
 * issues as JSON, and so answers a client's mistake with -32603.
 */
function invalidParams(text: string): string | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const issues = issuesSchema.safeParse(JSON.parse(text)).data;
    if (issues === undefined) return undefined;
    return `Invalid params. ${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`;
  } catch {
    return undefined;
  }
}
