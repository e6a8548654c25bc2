/** Taps a topic until killed, or closes it at once: `node kafka-process.mjs BROKERS TOPIC tap|close`. */
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
const { openKafkaTap } = await import('../../src/taps/kafka.ts');

const [brokers, topic, then] = process.argv.slice(2);
const sink = {
  event: ({ id }) => process.stdout.write(`${id}\n`),
  problem: ({ message }) => process.stdout.write(message),
};
const tap = await openKafkaTap(
  { connection: { brokers: [brokers] }, topic },
  { node: 'tapped', runId: 'c0ffee00', sink },
);
process.stdout.write('open\n');
if (then === 'close') await tap.close();
