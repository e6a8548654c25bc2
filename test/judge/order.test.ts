/** Spans come in any order: what is judged must not hang on it. */
import { expect, test } from 'vitest';
import { judgeEvidence } from '../../src/judge/judge-evidence.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { type Scene, scene } from './scene.ts';
import { HTTP_TAPPED, MESSAGING } from './topologies.ts';

const MIXED: Scene = scene(MESSAGING)
  .span({ node: 'checkout', id: 'c', parent: 'probe' })
  .span({ node: 'checkout', id: 'work', parent: 'c', kind: 'internal' })
  .span({ node: 'checkout', id: 'send', parent: 'work', kind: 'producer' })
  .wire({ into: 'orders', carries: 'T:send' })
  .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', marked: true })
  .span({ node: 'billing', id: 'pub', trace: 'B', parent: 'b', kind: 'producer' })
  .wire({ into: 'invoices', carries: 'B:pub', at: 60, marked: false })
  .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', links: ['B:pub'] })
  .span({ node: 'stock', id: 'recv', trace: 'S', kind: 'consumer' })
  .span({ node: 'stock', id: 's', trace: 'S', parent: 'recv', kind: 'consumer', links: ['T:send'] });

const BROKEN: Scene = scene(HTTP_TAPPED)
  .wire({ into: 'checkout', carries: 'X:own', at: 5 })
  .span({ node: 'checkout', id: 'c', trace: 'X', parent: 'own' })
  .span({ node: 'checkout', id: 'call', trace: 'X', parent: 'c', kind: 'client' })
  .wire({ into: 'pricing', carries: 'X:call', marked: false, at: 20 })
  .span({ node: 'pricing', id: 'p', trace: 'X', parent: 'call' })
  .span({ node: 'pricing', id: 'p-l', trace: 'X', parent: 'p', kind: 'client' })
  .wire({ into: 'legacy', carries: 'X:p-l', marked: false, at: 30 })
  .wire({ into: 'catalog', carries: 'none', at: 35 })
  .span({ node: 'catalog', id: 'g', trace: 'G', marked: true });

/** The same shuffles every time. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

function verdicts(evidence: Evidence): string[] {
  return judgeEvidence(evidence).hops.map(
    ({ id, verdict, findings }) => `${id}: ${verdict} ${findings.map(({ cause, culprit }) => `${cause} ${culprit}`)}`,
  );
}

test.each([
  ['a consumer that does not extract, links behind it', MIXED],
  ['a proxy that restarts, a mediator that strips', BROKEN],
])('%s', (_, met) => {
  const evidence = met.evidence();
  const expected = verdicts(evidence);
  expect(expected.some((verdict) => verdict.includes('broken'))).toBe(true);
  expect(expected.filter((verdict) => verdict.includes('inconclusive'))).toEqual([]);
  for (let seed = 1; seed <= 200; seed++) {
    const mixed = { ...evidence, spans: shuffled(evidence.spans, seed), wire: shuffled(evidence.wire, seed) };
    expect(verdicts(mixed), `seed ${seed}`).toEqual(expected);
  }
});
