/** Looking again: what is merged of what could be seen, and that nothing is sent. */
import { describe, expect, test } from 'vitest';
import { mergeSight, mergeWaits, withOwnId } from '../../src/engine/resume.ts';
import type { Evidence, Sight, WireEvent } from '../../src/model/evidence.ts';
import type { Topology } from '../../src/model/topology.ts';
import { readTopology } from '../../src/topology/read.ts';

const { topology } = readTopology(
  `
version: 1
sources: [{ otlp: {} }, { otlp-file: { path: spans.jsonl } }]
nodes: { gate: { url: "http://gate:1" } }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: gate } }
`,
  { file: 'tracegap.yaml', env: {}, sha256: '' },
) as { topology: Topology };

const sight = (change: Partial<Sight>): Sight => ({
  part: 'source',
  name: 'otlp',
  from: 0,
  until: 10,
  gaps: [],
  dropped: 0,
  ...change,
});
const merged = (old: Partial<Sight>, now: Partial<Sight>): Sight =>
  mergeSight(topology, [sight(old)], sight({ from: 50, until: 60, ...now }));
const between = { from: 10, until: 50, reason: 'it was not watched between two runs', lost: true as const };

describe('what could be seen over two runs', () => {
  test('a receiver: not what came between them', () => {
    expect(merged({ dropped: 1 }, { dropped: 2 })).toEqual(sight({ until: 60, gaps: [between], dropped: 3 }));
  });

  test('a file: all of it', () => {
    expect(merged({ name: 'otlp-file' }, { name: 'otlp-file' }).gaps).toEqual([]);
  });

  test('a topic that was read on: all of it', () => {
    const tap = { part: 'tap' as const, name: 'orders' };
    const now = { ...tap, offsets: { 0: { from: '3', until: '9' } } };
    expect(merged({ ...tap, offsets: { 0: { from: '3', until: '5' } } }, now)).toMatchObject({
      gaps: [],
      offsets: { 0: { from: '3', until: '9' } },
    });
    expect(merged(tap, now).gaps).toEqual([between]);
  });

  test('blind once is a gap, blind twice is blind', () => {
    expect(merged({ blind: 'down' }, {}).gaps).toContainEqual({ from: 0, until: 10, reason: 'down' });
    expect(merged({}, { blind: 'down' }).gaps).toContainEqual({ from: 50, until: 60, reason: 'down' });
    expect(merged({ blind: 'down' }, {}).blind).toBeUndefined();
    expect(merged({}, { blind: 'down' }).blind).toBeUndefined();
    expect(merged({ blind: 'down' }, { blind: 'still down' }).blind).toBe('still down');
  });

  test('a part that was not there before is as it is', () => {
    const now = sight({ name: 'jaeger' });
    expect(mergeSight(topology, [], now)).toBe(now);
  });
});

test('what was waited for adds up', () => {
  const wait = { hop: 'f: a -> b', probe: 'p', for: "b's entry span" };
  const other = { ...wait, hop: 'f: b -> c', ms: 3 };
  expect(mergeWaits([{ ...wait, ms: 30 }, other], [{ ...wait, ms: 5 }])).toEqual([other, { ...wait, ms: 35 }]);
});

test('an event gets an id that no run before gave, but a record keeps its place as its id', () => {
  const before = { run: { resumedAt: ['2026-11-26T04:00:00.000Z'] } } as Evidence;
  const event = { id: 'gate:1', transport: 'http' } as WireEvent;
  const record = { id: 'orders:0:7', transport: 'kafka' } as WireEvent;
  expect([withOwnId(event, undefined).id, withOwnId(event, before).id, withOwnId(record, before).id]).toEqual([
    'gate:1',
    'gate:1~2',
    'orders:0:7',
  ]);
});
