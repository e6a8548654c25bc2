/** A zstd frame (RFC 8878 §3.1) whose blocks are given: each raw, or one byte over and over. Its window has 2 MiB. */
export function zstdFrame(...blocks: (Buffer | { byte: number; times: number })[]): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const parts = blocks.map((block, index) => {
    const [type, size, content] = Buffer.isBuffer(block)
      ? [0, block.length, block]
      : [1, block.times, Buffer.from([block.byte])];
    const header = Buffer.alloc(3);
    header.writeUIntLE((size << 3) | (type << 1) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
    return Buffer.concat([header, content]);
  });
  return Buffer.concat([head, ...parts]);
}
