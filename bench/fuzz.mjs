/**
 * Mutated OTLP bodies for our reader and for protobufjs: npm run fuzz [bodies] [seed]. Says what one accepts and the
 * other refuses, by class; fails where a difference is not explained, with the body in hex. No time is asserted.
 */
import { register } from 'node:module';
import process from 'node:process';

register('../test/taps/ts-hooks.mjs', import.meta.url);
const { compareReaders, DIFFERENCES } = await import('../test/sources/otlp/differential.ts');

const SAY_EVERY = 100_000;

const [bodies = 1_000_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
console.log(`${bodies} bodies, seed ${seed}`);
// Most bodies are refused, by two readers: a trace of each refusal would take most of the time.
Error.stackTraceLimit = 0;
const start = performance.now();
say(
  bodies,
  compareReaders(bodies, seed, (done, tally) => {
    if (done > 0 && done % SAY_EVERY === 0) say(done, tally);
  }),
);

function say(done, { same, refused, differences }) {
  const seconds = (performance.now() - start) / 1000;
  console.log(`\n${done} bodies after ${Math.round(seconds)} s, ${Math.round(done / seconds)} a second`);
  console.log(`${same} read alike, ${refused} refused by both`);
  for (const [what, { count, example }] of Object.entries(differences)) {
    const shortest = count === 0 ? '' : ` The shortest: ${example.slice(0, 400)}`;
    console.log(`${count} × ${what}. ${DIFFERENCES[what]}${shortest}`);
  }
}
