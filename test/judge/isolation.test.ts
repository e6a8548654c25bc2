import { describe, expect, test } from 'vitest';
import { extraId, type Scene, scene } from './scene.ts';

const TOPOLOGY = `
version: 1
nodes:
  gate: { url: "http://127.0.0.1:1" }
  relay: { spans: none, url: "http://127.0.0.1:2" }
  shelf: { url: "http://127.0.0.1:3" }
flows:
  f:
    send: { http: { path: "/\${probe.id}" } }
    through: gate -> relay -> shelf
`;

const HOP = 'f: gate -> relay -> shelf';

/** The shelf begins a trace of its own for the main probe; nothing watches the wire. */
function lost(): Scene {
  return scene(TOPOLOGY)
    .span({ node: 'gate', id: 'gate', parent: 'probe' })
    .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', at: 15 })
    .span({ node: 'shelf', id: 'shelf', trace: 'S', marked: true, at: 30 });
}

type Outcome = 'arrives' | 'root' | 'unseen';

function straightTo(node: 'relay' | 'shelf', outcome: Outcome): (it: Scene) => Scene {
  return (it) => {
    const id = `i-${node}`;
    const asked = it.extra({ purpose: 'isolation', id, node, hop: HOP });
    if (outcome === 'arrives') return asked.span({ node: 'shelf', id: `s-${node}`, parent: id, trace: id, at: 1010 });
    if (outcome === 'unseen') return asked;
    return asked.span({
      node: 'shelf',
      id: `s-${node}`,
      trace: `R-${node}`,
      marked: true,
      of: extraId(id),
      at: 1010,
    });
  };
}

test('without any comparison all three stay possible', () => {
  expect(lost().verdict('gate', 'shelf')).toBe(
    'broken not-injected - inferred [gate relay shelf] or stripped not-extracted',
  );
});

describe('context that is sent straight to nodes tells who lost it', () => {
  const cases: [name: string, relay: Outcome | undefined, shelf: Outcome | undefined, verdict: string][] = [
    ['it arrives through the mediator', 'arrives', undefined, 'broken not-injected gate proved'],
    ['it arrives from both', 'arrives', 'arrives', 'broken not-injected gate proved'],
    ['the mediator loses it, the receiver reads it', 'root', 'arrives', 'broken stripped relay proved'],
    ['the receiver does not read it', undefined, 'root', 'broken not-extracted shelf proved'],
    ['the receiver does not read it either way', 'root', 'root', 'broken not-extracted shelf proved'],
    ['the receiver reads it', undefined, 'arrives', 'broken not-injected - inferred [gate relay] or stripped'],
    [
      'the mediator or the receiver loses it',
      'root',
      undefined,
      'broken stripped - inferred [relay shelf] or not-extracted',
    ],
    [
      'nothing came of it',
      'unseen',
      'unseen',
      'broken not-injected - inferred [gate relay shelf] or stripped not-extracted',
    ],
  ];
  test.each(cases)('%s', (_name, relay, shelf, verdict) => {
    let it = lost();
    if (relay !== undefined) it = straightTo('relay', relay)(it);
    if (shelf !== undefined) it = straightTo('shelf', shelf)(it);
    expect(it.verdict('gate', 'shelf')).toBe(verdict);
  });
});

test('the finding says which comparison decided', () => {
  const [finding] = straightTo('shelf', 'arrives')(straightTo('relay', 'root')(lost())).hop('gate', 'shelf').findings;
  expect(finding?.message).toBe(
    'relay lost the context: what is sent straight to relay does not reach shelf, and context that is sent straight to shelf reaches shelf',
  );
  expect(finding?.proof.flatMap((fact) => (fact.kind === 'isolation' ? [[fact.node, fact.probe]] : []))).toEqual([
    ['relay', extraId('i-relay')],
    ['shelf', extraId('i-shelf')],
  ]);
});

test('what is proved by the wire needs no comparison', () => {
  const it = scene(TOPOLOGY.replace('"http://127.0.0.1:3" }', '"http://127.0.0.1:3", tap: { listen: "127.0.0.1:4" } }'))
    .span({ node: 'gate', id: 'gate', parent: 'probe' })
    .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', at: 15 })
    .wire({ into: 'shelf', carries: 'T:call' })
    .span({ node: 'shelf', id: 'shelf', trace: 'S', marked: true, at: 30 });
  const before = it.hop('gate', 'shelf').findings;
  expect(straightTo('shelf', 'arrives')(it).hop('gate', 'shelf').findings).toEqual(before);
});

test('an isolation probe is no probe of the flow: it has no verdicts of its own', () => {
  const hop = straightTo('shelf', 'arrives')(lost()).hop('gate', 'shelf');
  expect(hop.samples).toMatchObject({ seen: 1, broken: 1, intact: 0 });
});

test('where the hop loses context only sometimes, one that arrives clears nobody', () => {
  const it = straightTo(
    'shelf',
    'arrives',
  )(lost())
    .extra({ purpose: 'main', id: 'again', node: 'gate', hop: '' })
    .span({ node: 'gate', id: 'gate2', parent: 'again', trace: 'again' })
    .span({ node: 'gate', id: 'call2', parent: 'gate2', trace: 'again', kind: 'client' })
    .span({ node: 'shelf', id: 'shelf2', parent: 'call2', trace: 'again' });
  const hop = it.hop('gate', 'shelf');
  expect(hop.samples).toMatchObject({ broken: 1, intact: 1 });
  expect(it.verdict('gate', 'shelf')).toBe(
    'broken not-injected - inferred [gate relay shelf] or stripped not-extracted',
  );
  expect(hop.findings[0]?.proof.some(({ kind }) => kind === 'isolation')).toBe(true);
});
