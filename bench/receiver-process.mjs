// Tracegap's receiver alone, to be measured from outside:
// node bench/receiver-process.mjs <port of HTTP> <port of gRPC> <run id> <declared service>

import { openSource } from '../dist/sources/index.js';

const [port, grpcPort, runId, service] = process.argv.slice(2);
const config = { kind: 'otlp', name: 'bench', http: `127.0.0.1:${port}`, grpc: `127.0.0.1:${grpcPort}` };
const needles = { sent: {}, runId, traceIds: new Set(['f'.repeat(32)]), services: new Set([service]) };
await openSource(config, needles, new Set(), { spans: () => {}, problem: ({ message }) => console.error(message) });
console.log('ready');
