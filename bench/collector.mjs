/**
 * Spans for each second of processor time that the receiver takes in, next to an OpenTelemetry Collector that decodes
 * the same batches and throws them away (nop exporter). Each is a process of its own, asked over a few connections that
 * stay open; they take turns, and the median round counts, of ratios too. Linux only. Needs dist/ and the Collector:
 * `npm run setup && node bench/collector.mjs`.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { startCollector } from '../fixtures/parts/collector.mjs';
import { freePort } from '../fixtures/parts/ports.mjs';
import { startProcess } from '../fixtures/parts/process.mjs';
import { makeBatch, RUN_ID, SPANS_PER_BATCH } from './batches.mjs';
import { median } from './statistics.mjs';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const BATCHES = 20;
const CONNECTIONS = 4;
const POSTS_PER_ROUND = 500;
const ROUNDS = 7;
/** Of `/proc/<pid>/stat`: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const bodies = Array.from({ length: BATCHES }, (_, index) =>
  Buffer.from(ProtobufTraceSerializer.serializeRequest(makeBatch(index))),
);
const clients = [];
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

const collector = await startCollector({ config: { exporters: { nop: {} } } });
const ours = await startReceiver(RUN_ID, 'checkout');
const foreign = await startReceiver('0badcafe', 'another');
const contenders = [
  { name: 'Collector, nop exporter', ...collector, post: overHttp(collector.port) },
  { name: 'tracegap, all of declared services', ...ours, post: overHttp(ours.port) },
  { name: 'tracegap, nobody’s spans', ...foreign, post: overHttp(foreign.port) },
  { name: 'Collector, gRPC', ...collector, post: overGrpc(collector.grpc) },
  { name: 'tracegap, gRPC, declared services', ...ours, post: overGrpc(ours.grpc) },
].map((contender) => ({ ...contender, rounds: [] }));

try {
  for (const contender of contenders) await measure(contender);
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) contender.rounds.push(await measure(contender));
  }
  print();
} finally {
  agent.destroy();
  for (const client of clients) client.close();
  await Promise.all([collector, ours, foreign].map(({ stop }) => stop()));
}

/** @param {string} runId @param {string} service that its topology declares */
async function startReceiver(runId, service) {
  const port = await freePort();
  const file = fileURLToPath(new URL('receiver-process.mjs', import.meta.url));
  const grpcPort = await freePort();
  const args = [file, String(port), String(grpcPort), runId, service];
  const running = await startProcess({
    name: 'receiver',
    command: execPath,
    args,
    ready: (log) => log.includes('ready'),
  });
  return { ...running, port, grpc: `127.0.0.1:${grpcPort}` };
}

/** Spans for each second of the processor, of the whole process: garbage collection and the reading of requests too. */
async function measure({ pid, post }) {
  const before = cpuSeconds(pid);
  let next = 0;
  const connection = async () => {
    while (next < POSTS_PER_ROUND) await post(bodies[next++ % BATCHES]);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return (POSTS_PER_ROUND * SPANS_PER_BATCH) / (cpuSeconds(pid) - before);
}

/** User and system time of all threads. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before them may hold anything, but ends at the last parenthesis.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / TICKS_PER_SECOND;
}

function overHttp(port) {
  const to = { host: '127.0.0.1', port, path: '/v1/traces', method: 'POST', agent };
  return (body) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const call = request({ ...to, headers }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`port ${port} answers ${answer.statusCode}`));
        answer.resume().once('end', resolve).once('error', reject);
      });
      call.once('error', reject).end(body);
    });
  };
}

function overGrpc(address) {
  const client = new Client(address, credentials.createInsecure());
  clients.push(client);
  const asIs = (bytes) => bytes;
  return (body) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(EXPORT, asIs, asIs, body, (error) => (error === null ? resolve() : reject(error)));
    });
}

function print() {
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / (BATCHES * SPANS_PER_BATCH);
  console.log(
    `OTLP, protobuf, over HTTP unless said: batches of ${SPANS_PER_BATCH} spans of ${Math.round(bytes)} bytes.`,
  );
  console.log(`Median of ${ROUNDS} rounds of ${POSTS_PER_ROUND} batches, processor time.\n`);
  console.log(
    `${'taken in by'.padEnd(38)}${'spans/cpu s'.padStart(12)}${'× Collector'.padStart(14)}${'slowest-fastest'.padStart(20)}`,
  );
  const base = contenders[0].rounds;
  for (const { name, rounds } of contenders) {
    const range = `${thousands(Math.min(...rounds))}-${thousands(Math.max(...rounds))}`;
    const ratio = median(rounds.map((rate, round) => rate / base[round])).toFixed(2);
    console.log(
      `${name.padEnd(38)}${thousands(median(rounds)).padStart(12)}${ratio.padStart(14)}${range.padStart(20)}`,
    );
  }
}

function thousands(value) {
  return `${Math.round(value / 1000)} k`;
}
