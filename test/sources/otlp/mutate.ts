/** Bodies that were whole once. */
import type { Random } from './random.ts';

/** One of the corpus with one to three changes. */
export function mutated(source: Random, corpus: Buffer[]): Buffer {
  let body: Buffer = corpus[source.int(corpus.length)] ?? Buffer.alloc(0);
  for (let times = 1 + source.int(3); times > 0; times--) body = mutate(source, body, corpus);
  return body;
}

function mutate(source: Random, body: Buffer, corpus: Buffer[]): Buffer {
  const at = source.int(body.length + 1);
  const to = at + source.int(Math.min(20, body.length + 1 - at));
  const before = body.subarray(0, at);
  const after = body.subarray(to);
  switch (source.int(7)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, source.bytes(to - at), after]);
    case 3:
      return Buffer.concat([before, body.subarray(at, to), body.subarray(at)]);
    case 4:
      return flipped(source, body);
    case 5:
      return flipped(source, body, [0, 1, 0x7f, 0x80, 0xff]);
    default: {
      const other = corpus[source.int(corpus.length)] ?? body;
      return Buffer.concat([before, other.subarray(source.int(other.length))]);
    }
  }
}

/** One byte is another: any, or one of those that say most to a reader. */
function flipped(source: Random, body: Buffer, to?: number[]): Buffer {
  const copy = Buffer.from(body);
  const value = to === undefined ? source.int(256) : (to[source.int(to.length)] ?? 0);
  if (copy.length > 0) copy[source.int(copy.length)] = value;
  return copy;
}
