/**
 * A running 53-bit digest of 32-bit words: two lanes of MurmurHash3's mixing (Appleby, public domain) with
 * different constants. It notices damage and orders what is otherwise equal; it does not resist forgery.
 * Words are read as they lie in memory, little-endian on every machine that runs Node.
 */
export class Digest {
  private a = 0;
  private b = 0;
  private words = 0;

  reset(): this {
    this.a = 0x9747b28c | 0;
    this.b = 0x3c6ef372 | 0;
    this.words = 0;
    return this;
  }

  /** Words [from, to). */
  add(words: Uint32Array, from = 0, to: number = words.length): this {
    let { a, b } = this;
    for (let i = from; i < to; i++) {
      const word = words[i]!;
      let k = Math.imul(word, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      a ^= k;
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
      k = Math.imul(word, 0x239b961b);
      k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789 | 0);
      b ^= k;
      b = (Math.imul((b << 19) | (b >>> 13), 5) + 0x561ccd1b) | 0;
    }
    this.a = a;
    this.b = b;
    this.words += to - from;
    return this;
  }

  /** Integer in [0, 2^53). */
  value(): number {
    const a = finish(this.a ^ this.words);
    const b = finish((this.b ^ this.words) + a);
    return (finish(a ^ b) & 0x1fffff) * 4294967296 + (b >>> 0);
  }
}

function finish(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
