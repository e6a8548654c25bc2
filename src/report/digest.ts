/** Ids that are the same for the same text, without a library of the platform: not for secrets. */

const PRIME = 309485009821345068724781371n;
const BASIS = 144066263297769815596495629667062367629n;
const BITS = 128;

/** FNV-1a of the text's UTF-8 bytes, as 32 hex digits. */
export function digest(text: string): string {
  let hash = BASIS;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(BITS, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(BITS / 4, '0');
}
