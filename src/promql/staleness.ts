// The stale marker is the signalling NaN 0x7ff0000000000002. A number in JavaScript may lose a NaN's
// bits, so it is only ever written and tested as two halves.
const HIGH = 0x7ff00000;
const LOW = 2;

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Tests samples for the stale marker, by the bits of their values. */
export class StaleMarkers {
  readonly #halves: Uint32Array;

  constructor(values: Float64Array) {
    this.#halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  }

  /** Whether the value at this index is the stale marker. */
  has(index: number): boolean {
    const first = this.#halves[index * 2];
    const second = this.#halves[index * 2 + 1];
    return LITTLE_ENDIAN ? first === LOW && second === HIGH : first === HIGH && second === LOW;
  }
}

/** Writes the stale marker. */
export function markStale(values: Float64Array, index: number): void {
  const halves = new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
  halves[LITTLE_ENDIAN ? 0 : 1] = LOW;
  halves[LITTLE_ENDIAN ? 1 : 0] = HIGH;
}
