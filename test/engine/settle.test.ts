import { expect, test } from 'vitest';
import { createSettling, type Decision, type Settling } from '../../src/engine/settle.ts';
import { createObservation, observeEvent, observeProbe, observeSpan } from '../../src/evidence/observe.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { type Scene, scene } from '../judge/scene.ts';
import { HTTP_TAPPED, HTTP_UNTAPPED, MESSAGING } from '../judge/topologies.ts';

interface Run {
  settling: Settling;
  /** Traces that were tied to the probe. */
  adopted: Set<string>;
  /** Lets everything of the scene arrive, one by one, and looks after each. */
  arrive(at: Scene): string[];
  /** Lets time pass and looks. */
  pass(ms: number): string[];
}

function run(topology: string, delayMs = 0): Run {
  const evidence: Evidence = scene(topology).evidence();
  const ties = createObservation(evidence.topology);
  const world = { evidence: { sight: [], problems: [], topology: evidence.topology }, undeclared: new Set<string>() };
  let now = 1000;
  const adopted = new Set<string>();
  const settling = createSettling(ties, world, () => now, { delayMs, onTie: (traceId) => adopted.add(traceId) });
  const [probe] = evidence.probes;
  if (probe === undefined) throw new Error('no probe');
  observeProbe(ties, probe);
  settling.expect(probe, evidence.topology.hops);
  const look = (): string[] => settling.look().map(describe);
  return {
    settling,
    adopted,
    arrive(at) {
      const { wire, spans } = at.evidence();
      return [
        ...wire.flatMap((event) => {
          settling.eventCame(observeEvent(ties, event));
          return look();
        }),
        ...spans.flatMap((record) => {
          const span = observeSpan(ties, record);
          if (span !== undefined) settling.spanCame(span);
          return look();
        }),
      ];
    },
    pass(ms) {
      now += ms;
      return look();
    },
  };
}

function describe({ hop, result, decided }: Decision): string {
  return `${hop.from} -> ${hop.to} ${result.verdict}${decided ? '' : ' at the deadline'}`;
}

test('a hop is decided the moment its chain is closed, whatever order the spans come in', () => {
  const late = run(HTTP_UNTAPPED);
  const spans = scene(HTTP_UNTAPPED)
    .span({ node: 'pricing', id: 'p', parent: 'call', flags: 0x301 })
    .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client', flags: 0x101 })
    .span({ node: 'checkout', id: 'c', parent: 'probe', flags: 0x301 });
  expect(late.arrive(spans)).toEqual(['probe -> checkout intact', 'checkout -> pricing intact']);
});

test('a break with positive proof ends the waiting too', () => {
  const broken = scene(HTTP_TAPPED)
    .wire({ into: 'pricing', carries: 'none' })
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .span({ node: 'pricing', id: 'p', trace: 'X', marked: true });
  expect(run(HTTP_TAPPED).arrive(broken)).toContain('checkout -> pricing broken');
});

test('a link may still come on a child of the root: only a quiet while makes it final', () => {
  const consumer = scene(MESSAGING)
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
    .wire({ into: 'orders', carries: 'T:send' })
    .span({ node: 'stock', id: 'recv', trace: 'S', kind: 'consumer', marked: true });
  const waiting = run(MESSAGING);
  expect(waiting.arrive(consumer)).not.toContain('checkout -> stock broken');
  expect(waiting.pass(500)).toEqual([]);
  const child = scene(MESSAGING).span({
    node: 'stock',
    id: 'process',
    trace: 'S',
    parent: 'recv',
    kind: 'consumer',
    links: ['T:send'],
  });
  expect(waiting.arrive(child)).toEqual(['checkout -> stock linked']);

  const alone = run(MESSAGING);
  alone.arrive(consumer);
  expect(alone.pass(1000)).toEqual(['checkout -> stock broken']);
});

test('inner spans that come before their entry span never decide a break', () => {
  const inner = scene(HTTP_UNTAPPED)
    .span({ node: 'checkout', id: 'mw', parent: 'c', kind: 'internal', flags: 0x101 })
    .span({ node: 'checkout', id: 'call', parent: 'handler', kind: 'client', flags: 0x101 })
    .span({ node: 'pricing', id: 'p', parent: 'call', flags: 0x301 });
  expect(run(HTTP_UNTAPPED).arrive(inner)).toEqual([]);
});

test('absence is waited for until the deadline, and no longer', () => {
  const absent = run(HTTP_UNTAPPED);
  expect(absent.settling.nextLook()).toBe(31_000);
  expect(absent.pass(29_999)).toEqual([]);
  expect(absent.pass(1)).toEqual([
    'probe -> checkout inconclusive at the deadline',
    'checkout -> pricing inconclusive at the deadline',
    'pricing -> catalog inconclusive at the deadline',
  ]);
  expect(absent.settling.nextLook()).toBeUndefined();
  expect(absent.settling.waits()).toContainEqual(expect.objectContaining({ ms: 30_000, for: "checkout's entry span" }));
});

test('a slow source is waited for on top of the deadline, and before a missing parent counts', () => {
  const slow = run(HTTP_UNTAPPED, 5000);
  expect(slow.settling.nextLook()).toBe(36_000);
  const orphan = scene(HTTP_UNTAPPED)
    .span({ node: 'checkout', id: 'c', parent: 'probe', flags: 0x301 })
    .span({ node: 'pricing', id: 'p', trace: 'other', parent: 'x', flags: 0x301, marked: true });
  slow.arrive(orphan);
  expect([...slow.adopted].length).toBe(2);
  slow.pass(34_999);
  expect(slow.pass(1).filter((line) => line.endsWith('at the deadline'))).toContain(
    'pricing -> catalog inconclusive at the deadline',
  );
  expect(Math.max(...slow.settling.waits().map(({ ms }) => ms))).toBe(35_000);
});

test('work grows with what arrives, not with spans times hops', () => {
  const observations = (size: number): number => {
    const names = Array.from({ length: size }, (_, at) => `s${at}`);
    const nodes = names.map((name, at) => `  ${name}: { ${at === 0 ? 'url: "http://127.0.0.1:1"' : ''} }`).join('\n');
    const long = `version: 1\nnodes:\n${nodes}\nflows: { walk: { send: { http: { path: "/\${probe.id}" } }, through: "${names.join(' -> ')}" } }\n`;
    const walked = names.reduce(
      (at, name, position) => at.span({ node: name, id: name, parent: names[position - 1] ?? 'probe' }),
      scene(long),
    );
    const walk = run(long);
    walk.settling.look();
    const before = walk.settling.observations();
    walk.arrive(walked);
    return (walk.settling.observations() - before) / size;
  };
  expect(observations(100)).toBeCloseTo(observations(10), 0);
});
