// What a flood of other people's spans costs a run that waits: its memory, and spans for each second of its processor.
// Usual: every span in a trace of its own, a third of them of a declared service. One trace: all of them in the probe's.
// node bench/flood.mjs [spans of the first] [spans of the second]; the goals are measured with 10,000,000 and 1,000,000.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { Pool } from 'undici';
import { freePort } from '../fixtures/parts/ports.mjs';
import { makeBatch, SPANS_PER_BATCH } from './batches.mjs';

const BINARY = fileURLToPath(new URL('../bin/tracegap.js', import.meta.url));
const [USUAL = 2_000_000, ONE_TRACE = 500_000] = process.argv.slice(2).map(Number);
const IN_FLIGHT = 4;
const TICKS_PER_SECOND = 100;

const folder = await mkdtemp(join(tmpdir(), 'tracegap-flood-'));
const mute = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
await once(mute, 'listening');
try {
  const usual = await flood(USUAL, ['checkout', 'somebody', 'somebody-else']);
  print(`${USUAL.toLocaleString('en')} spans in as many traces`, usual);
  const one = await flood(ONE_TRACE, ['checkout'], 'one trace');
  print(`${ONE_TRACE.toLocaleString('en')} spans in the probe's trace`, one);
  console.log(`intake of one trace: ${(one.rate / usual.rate).toFixed(2)} × the usual (goal: at least 0.5)`);
} finally {
  mute.close();
  await rm(folder, { recursive: true });
}

function print(what, { rate, idle, peak, dropped }) {
  console.log(
    `${what}: ${Math.round(rate / 1000)} k spans a CPU second, memory ${idle} MiB before, ${peak} MiB at most`,
  );
  console.log(`  of spans that could not be kept the evidence says: ${dropped.toLocaleString('en')}`);
}

/** Has an audit wait for a service that emits nothing, and sends it spans meanwhile. */
async function flood(spans, services, inOneTrace) {
  const port = await freePort();
  const evidence = join(folder, 'evidence.json');
  const topology = join(folder, 'tracegap.yaml');
  await writeFile(topology, topologyOf(port));
  const child = spawn(process.execPath, [BINARY, 'audit', topology, '-e', evidence]);
  child.stdout.resume();
  const traceId = await traceOf(child.stderr);
  const stamps = services.flatMap((service) => [0, 1, 2].map((batch) => stampOf(batch, service)));
  const idle = await memory(child.pid, 'VmRSS');
  const before = await processorSeconds(child.pid);
  await send(
    `http://127.0.0.1:${port}`,
    stamps,
    spans,
    inOneTrace === undefined ? undefined : Buffer.from(traceId, 'hex'),
  );
  const rate = spans / ((await processorSeconds(child.pid)) - before);
  const peak = await memory(child.pid, 'VmHWM');
  child.kill('SIGINT');
  await once(child, 'exit');
  const { sight } = JSON.parse(await readFile(evidence, 'utf8'));
  return { rate, idle, peak, dropped: sight[0].dropped };
}

function topologyOf(port) {
  const url = `http://127.0.0.1:${mute.address().port}`;
  return JSON.stringify({
    version: 1,
    sources: [{ otlp: { http: `127.0.0.1:${port}` } }],
    nodes: { checkout: { url }, silent: {} },
    flows: {
      f: { send: { http: { path: '/?id=$' + '{probe.id}' } }, through: 'checkout -> silent', deadline: '1h' },
    },
  });
}

function traceOf(stderr) {
  let text = '';
  return new Promise((resolve, reject) => {
    stderr.on('data', (chunk) => {
      text += chunk;
      const found = /\(trace ([0-9a-f]{32})\)/.exec(text);
      if (found !== null) resolve(found[1]);
    });
    stderr.on('end', () => reject(new Error(text)));
  });
}

/** A batch as bytes, and where its ids stand in it. */
function stampOf(batch, service) {
  const spans = makeBatch(batch, service);
  const bytes = Buffer.from(ProtobufTraceSerializer.serializeRequest(spans));
  const placesOf = (hex) => bytes.indexOf(Buffer.from(hex, 'hex'));
  return {
    bytes,
    traces: spans.map((span) => placesOf(span.spanContext().traceId)),
    spans: spans.map((span) => placesOf(span.spanContext().spanId)),
  };
}

/** Sends batches whose ids are new each time. */
async function send(origin, stamps, wanted, traceId) {
  const pool = new Pool(origin, { connections: IN_FLIGHT });
  let number = 0;
  let sent = 0;
  const worker = async () => {
    while (sent < wanted) {
      const stamp = stamps[(sent / SPANS_PER_BATCH) % stamps.length];
      sent += SPANS_PER_BATCH;
      const body = Buffer.from(stamp.bytes);
      for (const at of stamp.spans) body.writeUInt32BE(++number, at);
      for (const at of stamp.traces) {
        if (traceId === undefined) body.writeUInt32BE(++number, at);
        else traceId.copy(body, at);
      }
      const headers = { 'content-type': 'application/x-protobuf' };
      const answer = await pool.request({ path: '/v1/traces', method: 'POST', headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  await pool.close();
}

async function processorSeconds(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** In MiB. */
async function memory(pid, what) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)[1]) / 1024);
}
