// Protocol buffers by hand: a message is its fields one after the other, each its number and wire type, then the value.

/** Fields one after the other. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

/** A whole number from 0 on. */
export function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...variable(field << 3), ...variable(value)]);
}

export function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

/** Bytes, or a message inside another. */
export function bytes(field: number, value: Uint8Array): Uint8Array {
  return message(Uint8Array.from([...variable(field * 8 + 2), ...variable(value.length)]), value);
}

export function float(field: number, value: number): Uint8Array {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setFloat32(0, value, true);
  return message(Uint8Array.from(variable(field * 8 + 5)), four);
}

function variable(value: number): number[] {
  const parts: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...parts, left];
    parts.push((left % 128) + 128);
  }
}
