import { expect, test } from 'vitest';
import { withoutSaved } from '../../src/engine/saved-values.ts';
import type { Session } from '../../src/engine/steps.ts';
import type { Gathered } from '../../src/evidence/observe.ts';
import { fullEvidence } from '../report/sample-evidence.ts';

const session = (...values: string[]): Session => ({
  flow: 'f',
  ids: { id: '', traceId: '', spanId: '', number: 1, index: 0 },
  jar: undefined,
  environment: () => undefined,
  saved: new Map(values.map((value, index) => [String(index), value])),
  unsaved: new Map(),
});

function gathered(): Gathered {
  const { topology, probes, spans, wire } = fullEvidence();
  const [span] = spans;
  const [event] = wire;
  if (span === undefined || event === undefined) throw new Error('the sample has neither');
  return {
    topology,
    probes,
    spans: [
      { ...span, name: 'GET /carts/s3cr3t', attributes: { 'url.path': '/carts/s%203t', list: ['s3cr3t'], n: 1 } },
    ],
    wire: [{ ...event, target: 'GET /carts/s3cr3t/abcd0000-1' }],
  };
}

test('a saved value is taken out wherever it came back, a marker stays', () => {
  const { spans, wire } = withoutSaved(gathered(), [session('s3cr3t', 's 3t', 'abcd0000-1', 'n')], 'abcd0000');
  expect(spans[0]).toMatchObject({ name: 'GET /carts/…', attributes: { 'url.path': '/carts/…', list: ['…'], n: 1 } });
  expect(wire[0]?.target).toBe('GET /carts/…/abcd0000-1');
});

test('where nothing was saved, nothing changes', () => {
  expect(withoutSaved(gathered(), [session()], 'abcd0000')).toEqual(gathered());
});
