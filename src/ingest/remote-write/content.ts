import type { IncomingMessage } from 'node:http';
import { HttpError } from '../../http/http-error.ts';
import { mediaType } from '../../http/media-type.ts';
import type { RemoteWriteVersion } from './remote-write-decoder.ts';

const protobufType = 'application/x-protobuf';
const messages: ReadonlyMap<string, RemoteWriteVersion> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
]);

/**
 * The version that the Content-Type names: 1 where it names no message. Throws `HttpError` 415 where it is
 * none, or where the body is not Snappy.
 * https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/#content-type
 */
export function requiredVersion({ headers }: IncomingMessage): RemoteWriteVersion {
  const contentType = headers['content-type'];
  const version = messages.get(messageOf(contentType) ?? 'prometheus.WriteRequest');
  if (mediaType(contentType) !== protobufType || version === undefined) {
    const forms = [...messages.keys()].map((message) => `${protobufType};proto=${message}`);
    throw new HttpError(415, `the Content-Type has to be ${protobufType}, ${forms.join(' or ')}`);
  }
  if ((headers['content-encoding'] ?? '').trim().toLowerCase() !== 'snappy') {
    throw new HttpError(415, 'the Content-Encoding has to be snappy, in its block format', {
      'Accept-Encoding': 'snappy',
    });
  }
  return version;
}

/** The value of the parameter `proto`; undefined where there is none. */
function messageOf(contentType: string | undefined): string | undefined {
  const [, ...parameters] = (contentType ?? '').split(';');
  for (const parameter of parameters) {
    const value = /^\s*proto\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}
