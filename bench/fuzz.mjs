/**
 * Mutated OTLP bodies for our reader and for protobufjs: npm run fuzz [bodies] [seed]. Ends with what one accepts and
 * the other refuses, by class; fails where a difference is not explained, with the body in hex. No time is asserted.
 */
import { register } from 'node:module';
import process from 'node:process';

register('../test/taps/ts-hooks.mjs', import.meta.url);
const { compareReaders, DIFFERENCES } = await import('../test/sources/otlp/differential.ts');

const [bodies = 1_000_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
console.log(`${bodies} bodies, seed ${seed}`);
// Most bodies are refused, by two readers: a trace of each refusal would take most of the time.
Error.stackTraceLimit = 0;
const start = performance.now();
const { same, refused, differences } = compareReaders(bodies, seed, (done) => {
  if (done > 0 && done % 100_000 === 0) console.log(`  ${done} after ${seconds()} s`);
});
console.log(`${seconds()} s, ${Math.round(bodies / ((performance.now() - start) / 1000))} bodies a second`);
console.log(`${same} read alike, ${refused} refused by both`);
for (const [what, { count, example }] of Object.entries(differences)) {
  console.log(
    `${count} × ${what}. ${DIFFERENCES[what]}${count === 0 ? '' : ` The shortest: ${example.slice(0, 400)}`}`,
  );
}

function seconds() {
  return Math.round((performance.now() - start) / 1000);
}
