/** The few protobuf messages that the receiver answers with. */

export function varintField(field: number, value: number): Buffer {
  return Buffer.from([field * 8, ...varint(value)]);
}

/** A message, text or bytes. */
export function bytesField(field: number, bytes: Buffer | string): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}
