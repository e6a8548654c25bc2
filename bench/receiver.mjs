/**
 * How many spans a second the receiver decodes on one core, next to `JSON.parse` of the same spans in OTLP/JSON.
 * Processor time is counted, not the clock; contenders take turns, and the median round counts, of ratios too.
 * Needs dist/: `npm run build && node bench/receiver.mjs`.
 */
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { attributeFilter } from '../dist/sources/otlp/attributes.js';
import { jsonDecoder } from '../dist/sources/otlp/json/request.js';
import { protobufDecoder } from '../dist/sources/otlp/protobuf/request.js';
import { makeBatch, RUN_ID, SPANS_PER_BATCH } from './batches.mjs';
import { median } from './statistics.mjs';

const BATCHES = 20;
const ROUNDS = 11;
const ROUND_MS = 80;

const batches = Array.from({ length: BATCHES }, (_, index) => makeBatch(index));
const protobuf = batches.map((spans) => Buffer.from(ProtobufTraceSerializer.serializeRequest(spans)));
const json = batches.map((spans) => Buffer.from(JsonTraceSerializer.serializeRequest(spans)));
const texts = json.map((body) => body.toString());

const ours = decodersFor(RUN_ID, 'checkout');
const foreign = decodersFor('0badcafe', 'another');
checkThatAllAreRead();

const contenders = [
  { name: 'JSON.parse', run: (index) => JSON.parse(texts[index]) },
  { name: 'our protobuf reader', run: (index) => ours.protobuf(protobuf[index], 1) },
  { name: 'our JSON reader', run: (index) => ours.json(json[index], 1) },
  { name: 'protobuf, nobody’s spans', run: (index) => foreign.protobuf(protobuf[index], 1) },
  { name: 'JSON, nobody’s spans', run: (index) => foreign.json(json[index], 1) },
].map((contender) => ({ ...contender, rounds: [] }));

for (const { run } of contenders) measure(run);
for (let round = 0; round < ROUNDS; round++) {
  for (const { run, rounds } of contenders) rounds.push(measure(run));
}
print();

/** Spans for each second of the processor, garbage collection among it; what else runs here takes nothing from it. */
function measure(run) {
  const start = process.cpuUsage();
  let spans = 0;
  let elapsed = 0;
  for (let index = 0; elapsed < ROUND_MS; index = (index + 1) % BATCHES) {
    run(index);
    spans += SPANS_PER_BATCH;
    const { user, system } = process.cpuUsage(start);
    elapsed = (user + system) / 1000;
  }
  return (spans / elapsed) * 1000;
}

function print() {
  const attributes = batches.flat().map((span) => Object.keys(span.attributes).length);
  const least = attributes.reduce((a, b) => Math.min(a, b));
  const most = attributes.reduce((a, b) => Math.max(a, b));
  console.log(`${BATCHES} batches of ${SPANS_PER_BATCH} spans with ${least}-${most} attributes; one batch is`);
  console.log(
    `${kib(protobuf[0])} KiB in protobuf, ${kib(json[0])} KiB in JSON. Median of ${ROUNDS} rounds, one core.\n`,
  );
  console.log(
    `${'reader'.padEnd(26)}${'spans/s'.padStart(12)}${'× JSON.parse'.padStart(15)}${'slowest-fastest'.padStart(22)}`,
  );
  const base = contenders[0].rounds;
  for (const { name, rounds } of contenders) {
    const range = `${thousands(Math.min(...rounds))}-${thousands(Math.max(...rounds))}`;
    const ratio = median(rounds.map((rate, round) => rate / base[round])).toFixed(2);
    console.log(
      `${name.padEnd(26)}${thousands(median(rounds)).padStart(12)}${ratio.padStart(15)}${range.padStart(22)}`,
    );
  }
}

function thousands(value) {
  return `${Math.round(value / 1000)} k`;
}

function kib(body) {
  return Math.round(body.length / 1024);
}

/** With one trace looked for that is in none of the batches, as in a run. */
function decodersFor(runId, service) {
  const needles = { runId, traceIds: new Set(['f'.repeat(32)]), services: new Set([service]) };
  const settings = { source: 'bench', needles, filter: attributeFilter(new Set()) };
  return { protobuf: protobufDecoder(settings), json: jsonDecoder(settings) };
}

/** A reader that threw everything away would win. */
function checkThatAllAreRead() {
  for (let index = 0; index < BATCHES; index++) {
    const read = ours.protobuf(protobuf[index], 1).spans;
    const same = JSON.stringify(read) === JSON.stringify(ours.json(json[index], 1).spans);
    if (read.length !== SPANS_PER_BATCH || !same) throw new Error('the two readers read different spans');
    if (foreign.protobuf(protobuf[index], 1).spans.length > 0) throw new Error('spans of nobody were kept');
  }
}
