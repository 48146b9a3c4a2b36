import type { ByteCursor } from "./byte-cursor.ts";

/** A record as text: its fields, or why it is none, and how many lines it takes. */
export type SplitRecord =
  | { readonly fields: readonly string[]; readonly lines: number }
  | { readonly fields: null; readonly why: string };

/** A longer line is nobody's candle. */
const LONGEST_LINE = 65_536;
/** A quoted field that goes on for longer is a stray quote. */
const MOST_LINES = 20;

/**
 * Splits the record at the cursor and moves behind it. Quotes count only around a whole field. A quoted field may
 * hold line breaks, but never a line that could be a row of its own: then the quote is a stray one, and the record is
 * this one line, which is no candle. So a stray quote costs the line it stands on.
 * @param width fields of a row
 */
export function splitRecord(cursor: ByteCursor, separator: string, width: number): SplitRecord {
  const lineAt = (start: number): string => {
    const end = cursor.lineEnd(start);
    cursor.at = end;
    cursor.overLineBreak();
    return end - start > LONGEST_LINE ? "" : cursor.bytes.toString("utf8", start, end);
  };
  const start = cursor.at;
  const length = cursor.lineEnd(start) - start;
  let text = lineAt(start);
  if (length > LONGEST_LINE) return { fields: null, why: `a line of ${length} bytes` };
  const behind = cursor.at;
  for (let lines = 1; ; lines++) {
    const fields = splitText(text, separator);
    if (fields) return { fields, lines };
    const next = cursor.at < cursor.bytes.length && lines < MOST_LINES ? lineAt(cursor.at) : null;
    if (next === null || next.split(separator).length >= width) break;
    text += `\n${next}`;
  }
  cursor.at = behind;
  return { fields: null, why: `a quote that is not closed: ${text.split("\n")[0]!.slice(0, 60)}` };
}

/** Fields of one record; null where a quoted field does not end. */
export function splitText(text: string, separator: string): string[] | null {
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  for (let at = 0; ;) {
    const opening = /^[ ]*"/.exec(text.slice(at));
    const closing = opening ? closingQuote(text, at + opening[0].length, separator) : null;
    if (opening && !closing) return null;
    if (closing) fields.push(text.slice(at + opening![0].length, closing.at).replaceAll('""', '"'));
    const end = closing ? closing.end : endOfField(text, at, separator);
    if (!closing) fields.push(text.slice(at, end));
    if (end >= text.length) return fields;
    at = end + 1;
  }
}

function endOfField(text: string, from: number, separator: string): number {
  const end = text.indexOf(separator, from);
  return end < 0 ? text.length : end;
}

/** Where the quote stands that ends the field, and where the field ends. */
function closingQuote(text: string, from: number, separator: string): { at: number; end: number } | null {
  for (let i = from; i < text.length; i++) {
    if (text[i] !== '"') continue;
    if (text[i + 1] === '"') i++;
    else {
      const end = endOfField(text, i, separator);
      return text.slice(i + 1, end).trim() === "" ? { at: i, end } : null;
    }
  }
  return null;
}
