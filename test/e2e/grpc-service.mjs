/** A service with the real SDK that exports over gRPC, as its environment says. Asks NEXT, if there is one, with or without context. */
import { createRequire } from 'node:module';
import process from 'node:process';

const require = createRequire(new URL('../../fixtures/shop/package.json', import.meta.url));
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { context, ROOT_CONTEXT } = require('@opentelemetry/api');
const { suppressTracing } = require('@opentelemetry/core');

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
const http = require('node:http');
const { NEXT, LOSES_CONTEXT } = process.env;

const server = http.createServer((request, response) => {
  if (NEXT === undefined) {
    response.end('done');
    return;
  }
  const within = LOSES_CONTEXT === undefined ? context.active() : suppressTracing(ROOT_CONTEXT);
  context.with(within, () => {
    http.get(`${NEXT}${request.url}`, (answer) => {
      answer.resume();
      answer.on('end', () => response.end('done'));
    });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
