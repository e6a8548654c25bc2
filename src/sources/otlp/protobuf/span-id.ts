/** A span id as text. Every span has one or two: the runtime's own `toString('hex')` takes three times as long. */

const DIGITS = Buffer.from('0123456789abcdef');
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS[byte >> 4] ?? 0);
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS[byte & 15] ?? 0);

/** The 16 hex digits of the 8 bytes that begin at an offset. */
export function spanIdAt(bytes: Buffer, at: number): string {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  const e = bytes[at + 4] ?? 0;
  const f = bytes[at + 5] ?? 0;
  const g = bytes[at + 6] ?? 0;
  const h = bytes[at + 7] ?? 0;
  // biome-ignore format: a pair for each byte
  return String.fromCharCode(
    high(a), low(a), high(b), low(b), high(c), low(c), high(d), low(d),
    high(e), low(e), high(f), low(f), high(g), low(g), high(h), low(h),
  );
}

function high(byte: number): number {
  return HIGH[byte] ?? 0;
}

function low(byte: number): number {
  return LOW[byte] ?? 0;
}
