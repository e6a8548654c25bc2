/** A trace that something else began (`send: none`): its root is not known, all behind it is judged as ever. */
import { describe, expect, test } from 'vitest';
import { type Scene, scene } from './scene.ts';

const topology = (through: string): string => `
version: 1
nodes:
  edge: { kind: proxy, url: "http://edge:80", tap: { listen: 127.0.0.1:1 } }
  browser: {}
  gate: {}
  shelf: { url: "http://shelf:2", tap: { listen: 127.0.0.1:2 } }
flows: { nightly: { send: none, through: ${through} } }
`;

function given(through = 'edge -> gate -> shelf'): Scene {
  const it = scene(topology(through))
    .probe({ given: true, spanId: '0'.repeat(16) })
    .sent({ context: [] });
  const [probe] = it.evidence().probes;
  delete probe?.end;
  delete probe?.status;
  return it;
}

const through = (it: Scene): Scene =>
  it
    .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client' })
    .span({ node: 'shelf', id: 'shelf', parent: 'call' });

describe('comes in sound', () => {
  test.each([
    ['as a root', given().span({ node: 'gate', id: 'gate' })],
    ['below a span that nobody hands over', given().span({ node: 'gate', id: 'gate', parent: 'k6' })],
    [
      'below a service that is not declared',
      given()
        .span({ node: 'shop-window', id: 'click', kind: 'client' })
        .span({ node: 'gate', id: 'gate', parent: 'click' }),
    ],
  ])('%s', (_, it) => {
    expect(through(it).verdict('probe', 'gate')).toBe('intact');
  });

  test('as a root, and so does what follows', () => {
    const it = through(given().span({ node: 'gate', id: 'gate' }));
    expect(it.verdict('probe', 'gate')).toBe('intact');
    expect(it.verdict('gate', 'shelf')).toBe('intact');
    expect(it.report().summary.exit).toBe(0);
  });

  test('at a declared service, such as the browser', () => {
    const it = given('browser -> edge -> gate')
      .span({ node: 'browser', id: 'click' })
      .span({ node: 'browser', id: 'fetch', parent: 'click', kind: 'client' })
      .span({ node: 'gate', id: 'gate', parent: 'fetch' });
    expect(it.verdict('probe', 'browser')).toBe('intact');
    expect(it.verdict('browser', 'gate')).toBe('intact');
  });
});

describe('is lost', () => {
  test('behind the first service, by the proof that a probe would have', () => {
    const it = given()
      .span({ node: 'gate', id: 'gate', parent: 'k6' })
      .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', attributes: { 'network.peer.port': 2 } })
      .wire({ into: 'shelf', carries: 'T:call', marked: false, status: 200 })
      .span({ node: 'shelf', id: 'shelf', trace: 'N', attributes: { 'network.peer.port': 40_000 } });
    expect(it.verdict('probe', 'gate')).toBe('intact');
    expect(it.verdict('gate', 'shelf')).toBe('broken not-extracted shelf proved');
  });

  test('before the first service: between the wire that carried it and the next that did not', () => {
    const it = given().wire({ into: 'edge', carries: 'T:click', marked: false });
    expect(it.verdict('probe', 'gate')).toBe('inconclusive nothing-seen -');
  });
});

test('an absence on taps says nothing: the trace may be older than they are', () => {
  const it = given().span({ node: 'gate', id: 'gate', parent: 'k6' });
  expect(it.verdict('gate', 'shelf')).toBe('inconclusive nothing-seen -');
});

test('a trace of which nothing is found passes nothing', () => {
  const it = given();
  expect([it.verdict('probe', 'gate'), it.verdict('gate', 'shelf')]).toEqual([
    'inconclusive nothing-seen -',
    'inconclusive nothing-seen -',
  ]);
  expect(it.report().summary.exit).toBe(3);
});
