import { parseNumber, type DecimalMark } from "./decimal.ts";

const [LF, CR, QUOTE, SPACE, TAB] = [10, 13, 34, 32, 9];

/** A place in CSV text, read field by field without making strings of numbers. */
export class ByteCursor {
  readonly bytes: Buffer;
  /** Offset of the next byte; after a field, of the separator or line break that ends it. */
  at: number;
  /** Whether a quote was met since this was last set to false. */
  quoted = false;
  /** Bytes that end a field and that stand before a fraction. */
  readonly separator: number;
  readonly point: number;
  readonly #mark: DecimalMark;

  constructor(bytes: Buffer, at: number, separator: string, mark: DecimalMark) {
    this.bytes = bytes;
    this.at = at;
    this.separator = separator.charCodeAt(0);
    this.point = mark === "comma" ? 44 : 46;
    this.#mark = mark;
  }

  /** The number in the next field; NaN where it is none. */
  number(): number {
    const start = this.at;
    this.skip();
    return this.at === start ? NaN : parseNumber(this.#slice(start), this.#mark);
  }

  /** The text of the next field, as it stands there. */
  text(): string {
    const start = this.at;
    this.skip();
    return this.#slice(start);
  }

  #slice(start: number): string {
    return this.bytes.toString("latin1", start, this.at);
  }

  /** To the end of the field. */
  skip(): void {
    const bytes = this.bytes;
    const end = bytes.length;
    let i = this.at;
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === this.separator || byte === LF || byte === CR) break;
      if (byte === QUOTE) this.quoted = true;
    }
    this.at = i;
  }

  /** Over a separator, if one is next. */
  overSeparator(): boolean {
    if (this.bytes[this.at] !== this.separator) return false;
    this.at++;
    return true;
  }

  /** Whether the line that ends before the cursor ends with a separator. */
  isBehindSeparator(): boolean {
    let end = this.at - 1;
    if (this.bytes[end] === LF && this.bytes[end - 1] === CR) end--;
    return this.bytes[end - 1] === this.separator;
  }

  /** Over a line break (LF, CRLF or CR) or the end, if one is next. */
  overLineBreak(): boolean {
    if (this.at >= this.bytes.length) return true;
    const byte = this.bytes[this.at];
    if (byte !== LF && byte !== CR) return false;
    this.at += byte === CR && this.bytes[this.at + 1] === LF ? 2 : 1;
    return true;
  }

  /** Over the line, if there is nothing but blanks on it. */
  overBlankLine(): boolean {
    let i = this.at;
    // A tab is a blank only where it separates nothing.
    while (this.bytes[i] === SPACE || (this.bytes[i] === TAB && this.separator !== TAB)) i++;
    if (i < this.bytes.length && this.bytes[i] !== LF && this.bytes[i] !== CR) return false;
    this.at = i;
    return this.overLineBreak();
  }

  /** Offset of the end of the line that begins at `start`, before its line break. */
  lineEnd(start: number): number {
    let i = start;
    while (i < this.bytes.length && this.bytes[i] !== LF && this.bytes[i] !== CR) i++;
    return i;
  }
}
