import { InputError } from '../../telemetry/input-error.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';
import type { MessageReader } from './message-reader.ts';

/**
 * Reads a whole body, field by field.
 *
 * @param field reads the value of a field; what it returns is called when the field was read, and its errors
 *   are passed on as they are
 * @throws InputError where the data is no such message
 */
export function readMessage(
  message: string,
  wire: MessageReader,
  field: (tag: number) => (() => void) | undefined,
): void {
  while (wire.pos < wire.len) {
    const then = readField(message, wire, field);
    then?.();
  }
}

function readField(
  message: string,
  wire: MessageReader,
  field: (tag: number) => (() => void) | undefined,
): (() => void) | undefined {
  try {
    return field(wire.tag());
  } catch (error) {
    if (error instanceof PayloadTooLargeError || error instanceof TypeError) throw error;
    const reason = error instanceof RangeError ? 'the data ends too early' : 'there is no valid field';
    throw new InputError(`the body is not a ${message} in protobuf: ${reason}, at byte ${wire.pos}`);
  }
}
