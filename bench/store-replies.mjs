/**
 * Reading a trace store's answer while it comes, next to parsing its whole body with `JSON.parse`: processor time, and
 * how much memory is held at the most beside the body, each in a process of its own. Needs dist/: `npm run build && node bench/store-replies.mjs`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, cpuUsage, execPath, memoryUsage, resourceUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.mjs';

const PIECE_BYTES = 64 * 1024;
const ROUNDS = 5;
const SIZES = [
  { spans: 50, times: 200 },
  { spans: 100_000, times: 1 },
];

const attribute = (key, value) => ({ key, value: { stringValue: value } });
const NAMES = Array.from({ length: 8 }, (_, index) => `http.request.attribute.${index}`);
const hex = (number, digits) => number.toString(16).padStart(digits, '1');

/** Fifty spans a resource, a trace of ten spans after the other. */
function otlpOf(count) {
  const span = (index) => ({
    traceId: hex(Math.floor(index / 10), 32),
    spanId: hex(index, 16),
    name: 'POST /checkout',
    kind: 2,
    startTimeUnixNano: '1795428000123456000',
    endTimeUnixNano: '1795428000623456000',
    attributes: NAMES.map((name) => attribute(name, `value ${index}`)),
  });
  const resource = { attributes: [attribute('service.name', 'checkout')] };
  return chunked(count, 50).map((indexes) => ({ resource, scopeSpans: [{ spans: indexes.map(span) }] }));
}

function zipkinOf(index) {
  const tags = Object.fromEntries(NAMES.map((name) => [name, `value ${index}`]));
  return {
    traceId: hex(Math.floor(index / 10), 32),
    id: hex(index, 16),
    kind: 'SERVER',
    timestamp: 1,
    duration: 1,
    tags,
  };
}

function chunked(count, size) {
  return Array.from({ length: count / size }, (_, chunk) =>
    Array.from({ length: size }, (__, at) => chunk * size + at),
  );
}

const countSpans = (resourceSpans) =>
  resourceSpans.reduce((sum, { scopeSpans }) => sum + scopeSpans[0].spans.length, 0);

const FORMATS = {
  'OTLP (Jaeger, Tempo)': {
    parts: {
      paths: ['$.result.resourceSpans.*'],
      alone: (each) => ({ result: { resourceSpans: [each] } }),
    },
    body: (count) => JSON.stringify({ result: { resourceSpans: otlpOf(count) } }),
    visit: ({ result }) => countSpans(result.resourceSpans),
  },
  Zipkin: {
    parts: { paths: ['$.*.*'], alone: (each) => [[each]] },
    body: (count) => JSON.stringify(chunked(count, 10).map((trace) => trace.map(zipkinOf))),
    visit: (traces) => traces.flat().length,
  },
  'lines (ClickHouse)': {
    body: (count) =>
      chunked(count, 1)
        .map(([index]) => `${JSON.stringify(zipkinOf(index))}\n`)
        .join(''),
    visit: () => 1,
  },
};

const [, , how, format, spans, times, file] = argv;
if (how === undefined) compare();
else console.log(JSON.stringify(await measure(how, format, Number(spans), Number(times), file)));

function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-replies-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  console.log(`Median of ${ROUNDS} runs; of each span 8 attributes.\n`);
  console.log('answer                       MiB   × time of JSON.parse   MiB held, whole   while it comes');
  for (const { spans: count, times: often } of SIZES) {
    for (const name of Object.keys(FORMATS)) {
      const body = join(folder, 'body');
      writeFileSync(body, FORMATS[name].body(count));
      const [whole, parts] = ['whole', 'parts'].map((each) =>
        Array.from({ length: ROUNDS }, () => run([each, name, String(count), String(often), body])),
      );
      const ratio = median(parts.map(({ ms }, round) => ms / whole[round].ms)).toFixed(2);
      const held = [whole, parts].map((runs) => median(runs.map(({ mib }) => mib)).toFixed(0));
      const size = whole[0].size.toFixed(1);
      console.log(
        `${`${name}, ${count}`.padEnd(26)}${size.padStart(6)}${ratio.padStart(23)}${held[0].padStart(18)}${held[1].padStart(17)}`,
      );
    }
  }
}

function run(args) {
  const { stdout, stderr } = spawnSync(execPath, [fileURLToPath(import.meta.url), ...args], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

async function measure(way, name, count, often, body) {
  const { documentReader, lineReader } = await import('../dist/sources/store/reading.js');
  const { parts, visit } = FORMATS[name];
  const bytes = readFileSync(body);
  let seen = 0;
  const read = (document) => {
    seen += visit(document);
  };
  const before = memoryUsage().rss;
  const began = cpuUsage();
  for (let time = 0; time < often; time++) {
    if (way === 'whole') readWhole(bytes, parts === undefined, read);
    else readParts(bytes, parts === undefined ? lineReader(read) : documentReader(parts, read));
  }
  const { user, system } = cpuUsage(began);
  if (seen !== count * often) throw new Error(`${seen} spans of ${count * often}`);
  const most = resourceUsage().maxRSS * 1024;
  return { ms: (user + system) / 1000 / often, mib: (most - before) / 2 ** 20, size: bytes.length / 2 ** 20 };
}

function readWhole(bytes, isLines, read) {
  const text = Buffer.concat([...piecesOf(bytes)]).toString();
  const texts = isLines ? text.trim().split('\n') : [text];
  for (const document of texts.map((each) => JSON.parse(each))) read(document);
}

function readParts(bytes, reader) {
  for (const piece of piecesOf(bytes)) reader.take(piece);
  reader.end();
}

/** Each a copy, as they come from a socket. */
function* piecesOf(bytes) {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield Buffer.from(bytes.subarray(at, at + PIECE_BYTES));
}
