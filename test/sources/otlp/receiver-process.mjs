/**
 * The built receiver alone in a process. It prints where it listens, then what it hands over and says; for each line
 * that comes in, the most memory that it took so far.
 */
import process from 'node:process';
import { openOtlpReceiver } from '../../../dist/sources/otlp/receiver.js';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const needles = { runId: 'c0ffee12', traceIds: new Set(), services: new Set(), sent: {} };
const sink = {
  spans: (batch) => say({ spans: batch.map(({ spanId }) => spanId) }),
  problem: ({ message }) => say({ problem: message }),
};
const { http, grpc } = await openOtlpReceiver(JSON.parse(process.argv[2]), needles, new Set(), sink);
say({ http, grpc });
process.stdin.on('data', () => say({ bytes: process.resourceUsage().maxRSS * 1024 }));
