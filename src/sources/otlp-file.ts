/** A file that the Collector's file exporter writes: JSON Lines, one TracesData a line. */
import { attributeFilter } from './otlp/attributes.ts';
import { type Decode, total } from './otlp/batch.ts';
import { jsonDecoder } from './otlp/json/request.ts';
import { isMalformed } from './otlp/malformed.ts';
import { type LineSplitter, lineSplitter } from './otlp-file/lines.ts';
import { followFile, type TailEvents } from './otlp-file/tail.ts';
import { type SayOnce, sayOnce } from './say-once.ts';
import { type SightKeeper, sightKeeper } from './sight-keeper.ts';
import type { Needles, OpenSource, SourceSink } from './source.ts';

const MIB = 2 ** 20;

/** In bytes. How much the file may hold to be read from its start (more is history), and the longest line. */
export interface FileLimits {
  whole: number;
  line: number;
}

const LIMITS: FileLimits = { whole: 64 * MIB, line: 64 * MIB };
const CLOSING_BRACE = '}'.charCodeAt(0);
const WRITE_IT_SO = 'Let the Collector write it with its file exporter, format json, without compression.';

/** What reading a line needs. */
interface Reception {
  path: string;
  decode: Decode;
  sink: SourceSink;
  sayOnce: SayOnce;
  keeper: SightKeeper;
  clock: () => number;
}

/**
 * Reads the file from its start, or from its end where it is larger than 64 MiB, and follows it as it grows. It need
 * not be there yet. Resolves once what was there has been read; what cannot be read is a problem for the sink.
 * @param declaredAttributes names of attributes that the topology tells its nodes apart by
 * @param clock ms since the epoch
 */
export async function openOtlpFile(
  config: { name: string; path: string },
  needles: Needles,
  declaredAttributes: ReadonlySet<string>,
  sink: SourceSink,
  clock: () => number = Date.now,
  limits: FileLimits = LIMITS,
): Promise<OpenSource> {
  const { name, path } = config;
  const keeper = sightKeeper(name, clock);
  const decode = jsonDecoder({ source: name, needles, filter: attributeFilter(declaredAttributes) });
  const reception = { path, decode, sink, sayOnce: sayOnce(sink), keeper, clock };
  const lines = lineSplitter(
    limits.line,
    (line) => takeLine(line, reception),
    () => lose(reception, 'too long', `a line of ${path} is longer than ${limits.line} bytes and was passed over`),
  );
  let blind: string | undefined = `${path} does not exist`;
  const tail = followFile(path, limits.whole, {
    ...events(lines, reception),
    onEnd: () => {
      blind = undefined;
      takeRest(lines, reception);
    },
    onError: (error) => {
      const message = `${path} cannot be read (${error.code})`;
      if (blind === undefined) keeper.gap(clock(), clock(), message);
      else blind = message;
      const hint = 'Give this user the right to read it, or the source another path.';
      reception.sayOnce(message, { message, hint });
    },
  });
  await tail.read();
  return {
    sight: () => ({ ...keeper.sight(), ...(blind === undefined ? undefined : { blind }) }),
    caughtUp: tail.read,
    close: async () => {
      keeper.closed();
      await tail.close();
    },
  };
}

function events(lines: LineSplitter, reception: Reception): Pick<TailEvents, 'onBytes' | 'onRestart' | 'onSkipped'> {
  const { path } = reception;
  return {
    onBytes: lines.push,
    onRestart: () => {
      const lost = lines.rest().length;
      lines.clear();
      if (lost > 0)
        lose(reception, 'began anew', `${path} began anew in the middle of a line; ${lost} bytes of it are lost`);
    },
    onSkipped: (bytes, isMidLine) => {
      if (isMidLine) lines.skipLine();
      reception.sayOnce('skipped', {
        message: `${path} held ${Math.round(bytes / MIB)} MiB already; it is followed from its end`,
        hint: 'Spans that were in it before are not seen. Where they are needed, let the Collector begin a new file.',
      });
    },
  };
}

function takeLine(line: Buffer, reception: Reception): void {
  if (line.every((byte) => byte <= 0x20)) return;
  try {
    takeSpans(line, reception);
  } catch (error) {
    if (!isMalformed(error)) throw error;
    lose(reception, 'malformed', `a line of ${reception.path} is no OTLP/JSON: ${error.message}`);
  }
}

/** A last line is taken without its newline too, once it is a whole object; until then it may still be being written. */
function takeRest(lines: LineSplitter, reception: Reception): void {
  const rest = lines.rest();
  if (rest.at(-1) !== CLOSING_BRACE) return;
  try {
    takeSpans(rest, reception);
    lines.clear();
  } catch (error) {
    if (!isMalformed(error)) throw error;
  }
}

function takeSpans(line: Buffer, { decode, sink, sayOnce, keeper, clock, path }: Reception): void {
  const batch = decode(line, clock());
  if (batch.spans.length > 0) sink.spans(batch.spans);
  keeper.dropped(total(batch.rejected));
  for (const reason of batch.rejected.keys()) {
    sayOnce(reason, { message: `spans in ${path} were left out: ${reason}`, hint: WRITE_IT_SO });
  }
}

/** Spans may have been among it, so no absence can rest on that moment. */
function lose({ keeper, sayOnce, clock }: Reception, kind: string, message: string): void {
  const now = clock();
  keeper.gap(now, now, message);
  sayOnce(kind, { message, hint: WRITE_IT_SO });
}
