import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, test } from 'vitest';
import { logsOfProtobuf, spansOfProtobuf } from '../../../test/ingest/decode.ts';
import { encodeMessage, log, logsRequest, spanId, traceId } from '../../../test/ingest/otlp-messages.ts';
import { logsRequests, tracesRequests } from '../../../test/ingest/request-arbitraries.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { decodeLogsProtobuf } from './protobuf.ts';
import { TextCache } from './text-cache.ts';

type Write = (writer: protobuf.Writer) => protobuf.Writer;

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const startGroup = 3;
const endGroup = 4;
const fixed32 = 5;

const message = (...fields: Write[]): Uint8Array =>
  fields.reduce((writer, write) => write(writer), protobuf.Writer.create()).finish();
const tag =
  (field: number, type: number): Write =>
  (writer) =>
    writer.uint32((field << 3) | type);
const bytes =
  (field: number, content: Uint8Array): Write =>
  (writer) =>
    writer.uint32((field << 3) | lengthDelimited).bytes(content);
const text = (field: number, content: string): Write => bytes(field, Buffer.from(content));
/** A request whose one log record has these fields. */
const requestOf = (...fields: Write[]): Uint8Array =>
  message(bytes(1, message(bytes(2, message(bytes(2, message(...fields)))))));

describe('what protobuf allows', () => {
  test('unknown fields of every wire type are passed over, at every level', () => {
    const unknown: Write[] = [
      (writer) => tag(100, varint)(writer).uint64(2 ** 60),
      (writer) => tag(101, fixed64)(writer).fixed64(7),
      (writer) => tag(102, lengthDelimited)(writer).string('unknown'),
      (writer) => tag(104, fixed32)(writer).fixed32(7),
      (writer) => tag(104, endGroup)(tag(105, varint)(tag(104, startGroup)(writer)).uint32(1)),
    ];
    const value = message(...unknown, text(1, 'v'));
    const attribute = message(...unknown, text(1, 'k'), bytes(2, value));
    const record = message(...unknown, text(3, 'INFO'), bytes(6, attribute), ...unknown);
    const scope = message(...unknown, text(1, 'scope'));
    const resource = message(...unknown, bytes(1, attribute));
    const scopeLogs = message(...unknown, bytes(1, scope), bytes(2, record));
    const resourceLogs = message(...unknown, bytes(1, resource), bytes(2, scopeLogs));
    const [[decoded, origin] = []] = logsOfProtobuf(message(...unknown, bytes(1, resourceLogs)));
    expect(decoded).toMatchObject({ severityText: 'INFO', attributes: ['k', 'v'] });
    expect(origin).toMatchObject({ resource: { attributes: ['k', 'v'] }, scope: { name: 'scope' } });
  });

  test('a known field of another wire type is passed over', () => {
    const request = requestOf(
      (writer) => tag(1, varint)(writer).uint32(5),
      (writer) => tag(2, lengthDelimited)(writer).string('WARN'),
      (writer) => tag(9, varint)(writer).uint32(5),
      text(3, 'INFO'),
    );
    expect(logsOfProtobuf(request)[0]?.[0]).toMatchObject({
      time: 0n,
      severityNumber: 0,
      traceId: '',
      severityText: 'INFO',
    });
  });

  test('the resource, the scope and their schema URLs may follow the records', () => {
    const attribute = message(text(1, 'k'), bytes(2, message(text(1, 'v'))));
    const scopeLogs = message(
      bytes(2, message(text(3, 'INFO'))),
      text(3, 'scope-schema'),
      bytes(1, message(text(1, 'scope'))),
    );
    const resource = message(bytes(1, attribute));
    const resourceLogs = message(text(3, 'resource-schema'), bytes(2, scopeLogs), bytes(1, resource));
    expect(logsOfProtobuf(message(bytes(1, resourceLogs)))[0]?.[1]).toEqual({
      resource: { attributes: ['k', 'v'], schemaUrl: 'resource-schema' },
      scope: { name: 'scope', version: '', attributes: [], schemaUrl: 'scope-schema' },
      defect: undefined,
    });
  });

  test('a resource that comes in two parts counts as one', () => {
    const attribute = (key: string): Write =>
      bytes(1, message(text(1, key), bytes(2, message(text(1, 'v')))));
    const resourceLogs = message(
      bytes(1, message(attribute('a'))),
      bytes(2, message(bytes(2, message()))),
      bytes(1, message(attribute('b'))),
    );
    const [[, origin] = []] = logsOfProtobuf(message(bytes(1, resourceLogs)));
    expect(origin?.resource.attributes).toEqual(['a', 'v', 'b', 'v']);
  });

  test('negative integers take ten bytes', () => {
    const value = message((writer) => tag(3, varint)(writer).int64(-1));
    expect(value).toHaveLength(11);
    expect(logsOfProtobuf(requestOf(bytes(5, value)))[0]?.[0].body).toBe('-1');
  });
});

describe('text', () => {
  test.each([
    ['short', Uint8Array.from([0x61, 0xff, 0x62]), 'a\uFFFDb'],
    ['long', Uint8Array.from([...Buffer.from('x'.repeat(100)), 0xc3]), `${'x'.repeat(100)}\uFFFD`],
    ['half a surrogate pair', Uint8Array.from([0xed, 0xa0, 0x80]), '\uFFFD\uFFFD\uFFFD'],
  ])('that is no UTF-8 has U+FFFD in place of it: %s', (_, invalid, expected) => {
    expect(logsOfProtobuf(requestOf(bytes(3, invalid)))[0]?.[0].severityText).toBe(expected);
  });

  test('is right whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 70 }), { maxLength: 200 }), (contents) => {
        const texts = new TextCache();
        for (const content of [...contents, ...contents]) {
          const buffer = Buffer.from(content);
          expect(texts.read(buffer, 0, buffer.length)).toBe(buffer.toString());
        }
      }),
    );
  });

  test('that hashes to the same place is told apart', () => {
    const texts = new TextCache();
    for (let i = 0; i < 20_000; i++) {
      const buffer = Buffer.from(`key-${i}`);
      expect(texts.read(buffer, 0, buffer.length)).toBe(`key-${i}`);
    }
  });
});

const whole = encodeMessage(
  'ExportLogsServiceRequest',
  logsRequest([log('first', { traceId, spanId }), log('second')]),
);

describe('what is no request', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['text', Buffer.from('hello'), /not an ExportLogsServiceRequest in protobuf: .*, at byte \d+$/],
    ['a length past the end', Uint8Array.from([10, 100, 1]), /the data ends too early, at byte \d$/],
    ['a varint without end', new Uint8Array(20).fill(0xff), /at byte \d+$/],
    ['field number 0', Uint8Array.from([0x02, 0x00]), /there is no valid field, at byte 1$/],
    ['wire type 7', Uint8Array.from([0x0f, 0x00]), /there is no valid field, at byte 1$/],
    ['the end of a group that never began', Uint8Array.from([0x0c]), /there is no valid field/],
    ['groups without end', new Uint8Array(10_000).fill(0x0b), /there is no valid field|ends too early/],
    [
      'a field that ends past its message',
      requestOf((writer) => tag(3, lengthDelimited)(writer).uint32(5)),
      /early/,
    ],
    ['a number that the data ends in', requestOf((writer) => tag(1, fixed64)(writer).uint32(5)), /early/],
    [
      'an integer longer than ten bytes',
      requestOf(bytes(5, Uint8Array.from([24, ...new Uint8Array(11).fill(0x80), 1]))),
      /there is no valid field/,
    ],
    ['JSON', Buffer.from('{"resourceLogs":[]}'), /not an ExportLogsServiceRequest in protobuf/],
  ])('%s', (_, body, reason) => {
    expect(() => logsOfProtobuf(body)).toThrow(InputError);
    expect(() => logsOfProtobuf(body)).toThrow(reason);
  });

  test('a message that ends past the one around it, though the body goes on', () => {
    const inner = message(bytes(2, message(text(3, 'INFO'))));
    const resourceLogs = Uint8Array.from([0x12, inner.length + 3, ...inner]);
    const request = Uint8Array.from([0x0a, resourceLogs.length, ...resourceLogs, 0xa2, 0x06, 0x00]);
    expect(() => logsOfProtobuf(request)).toThrow(InputError);
  });

  test('a record whose last field reaches into the next record', () => {
    const record = message((writer) => tag(3, lengthDelimited)(writer).uint32(5));
    const next = message(bytes(2, message(text(3, 'INFO'))));
    const scopeLogs = Uint8Array.from([0x12, record.length, ...record, ...next]);
    const request = message(bytes(1, message(bytes(2, scopeLogs))));
    expect(() => logsOfProtobuf(request)).toThrow(/the data ends too early/);
  });

  test('a request that was cut off is refused, but where it is cut between two fields of the request', () => {
    for (let length = 1; length < whole.length; length++) {
      expect(() => logsOfProtobuf(whole.subarray(0, length)), `cut at ${length}`).toThrow(InputError);
    }
    expect(logsOfProtobuf(whole)).toHaveLength(2);
  });

  test('an error of the receiver is passed on as it is', () => {
    const failure = new RangeError('from the receiver');
    const receive = (): never => {
      throw failure;
    };
    expect(() => decodeLogsProtobuf(whole, new TextCache(), receive)).toThrow(failure);
  });
});

describe('damaged requests are decoded or refused, and never do anything else', () => {
  /** The bytes with some of them changed, cut out or put in. */
  const damage = (bytes: Uint8Array, damages: readonly (readonly [number, number, number])[]): Uint8Array => {
    const damaged = [...bytes];
    for (const [kind, place, byte] of damages) {
      const at = place % Math.max(damaged.length, 1);
      if (kind === 0) damaged[at] = byte;
      else if (kind === 1) damaged.splice(at, 1 + (byte % 8));
      else damaged.splice(at, 0, byte);
    }
    return Uint8Array.from(damaged);
  };
  const damages = fc.array(fc.tuple(fc.nat(2), fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 8 });

  const isSound = (decode: () => unknown): boolean => {
    try {
      decode();
      return true;
    } catch (error) {
      return error instanceof InputError;
    }
  };

  test('logs', () => {
    fc.assert(
      fc.property(logsRequests, damages, (request, list) => {
        const damaged = damage(encodeMessage('ExportLogsServiceRequest', request), list);
        return isSound(() => logsOfProtobuf(damaged));
      }),
      { numRuns: 3000 },
    );
  });

  test('spans', () => {
    fc.assert(
      fc.property(tracesRequests, damages, (request, list) => {
        const damaged = damage(encodeMessage('ExportTraceServiceRequest', request), list);
        return isSound(() => spansOfProtobuf(damaged));
      }),
      { numRuns: 3000 },
    );
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (random) => isSound(() => logsOfProtobuf(random))),
      { numRuns: 5000 },
    );
  });
});
