/** The alphabet of generated Kubernetes names (k8s.io/apimachinery/pkg/util/rand). */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Random numbers that are the same for the same key. What is made of a minute, a pod or a fault has a key of
 * its own, so that it stays the same whatever else is made.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(...key: readonly (string | number | bigint)[]) {
    const text = key.join('\u0000');
    this.#a = hash(text, 0x9e3779b9);
    this.#b = hash(text, 0x243f6a88);
    this.#c = hash(text, 0xb7e15162);
    this.#d = 1;
    for (let i = 0; i < 12; i++) this.#bits();
  }

  /** 0 to 1, 1 excluded, in steps of 2^-32. */
  fraction(): number {
    return this.#bits() / 2 ** 32;
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the items, of which there has to be one. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** One of the items, each as often as its weight says. */
  pickWeighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item {
    const total = items.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.fraction() * total;
    for (const item of items) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return this.pick(items);
  }

  /** A duration as they are met in systems: log-normal, half of them below `median`, 1 in 100 above 2.8 of it. */
  around(median: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
    return median * Math.exp(0.45 * normal);
  }

  /** Lower-case hexadecimal digits, not all of them zero. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#bits().toString(16).padStart(8, '0');
    return /[^0]/.test(text.slice(0, digits)) ? text.slice(0, digits) : this.hex(digits);
  }

  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** The generated ending of a Kubernetes name. */
  nameEnding(length: number): string {
    return Array.from({ length }, () => nameAlphabet[this.below(nameAlphabet.length)]).join('');
  }

  /** 32 bits of sfc32 (Chris Doty-Humphrey, PractRand). */
  #bits(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

/** FNV-1a with a start of its own, and MurmurHash3's last mixing. */
function hash(text: string, start: number): number {
  let value = start;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
