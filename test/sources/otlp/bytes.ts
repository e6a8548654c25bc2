/** Protobuf fields written by hand, to say exactly what stands on the wire. */

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

export function varintField(field: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** A message, text or bytes. */
export function field(number: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

export function fixed64Field(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(field * 8 + 1), bytes]);
}

export function fixed32Field(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return Buffer.concat([varint(field * 8 + 5), bytes]);
}

export function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const SPAN_ID = 'b7ad6b7169203331';
export const IDS: Buffer = Buffer.concat([field(1, hex(TRACE_ID)), field(2, hex(SPAN_ID))]);

/** A request with one span of the service `checkout`, whose fields are given; ids among them. */
export function requestWith(...spanFields: Buffer[]): Buffer {
  return field(1, field(1, attribute(1, 'service.name', field(1, 'checkout'))), field(2, field(2, ...spanFields)));
}

/** An attribute in a message's field of that number, its AnyValue given. */
export function attribute(number: number, key: string, ...value: Buffer[]): Buffer {
  return field(number, field(1, key), field(2, ...value));
}
