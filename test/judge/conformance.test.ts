import { describe, expect, test } from 'vitest';
import { CONFORMANCE_CASES } from '../../src/trace-context/conformance.ts';
import { readTraceParent } from '../../src/trace-context/traceparent.ts';
import { extraId, type Scene, scene } from './scene.ts';

const TOPOLOGY = `
version: 1
nodes: { gate: { url: "http://127.0.0.1:1" } }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: gate } }
`;
const HOP = 'f: probe -> gate';

function asked(...ids: string[]): Scene {
  const it = scene(TOPOLOGY).span({ node: 'gate', id: 'gate', parent: 'probe' });
  for (const id of ids) it.extra({ purpose: 'conformance', id, node: 'gate', hop: HOP, case: id });
  return it;
}

function outcomes(it: Scene): string[] {
  return (it.report().conformance ?? []).map(
    ({ case: id, outcome, did }) => `${id} ${outcome}${did ? `: ${did}` : ''}`,
  );
}

describe('what a service did with a case, against what the specification asks', () => {
  test('going on where it should, and beginning a trace where it should', () => {
    const it = asked('vcc', 'vff')
      .span({ node: 'gate', id: 'one', parent: 'vcc', trace: 'vcc' })
      .span({ node: 'gate', id: 'two', trace: 'X', marked: true, of: extraId('vff') });
    expect(outcomes(it)).toEqual(['vcc conforms: went on in the trace', 'vff conforms: began a trace']);
    expect(it.verdict('probe', 'gate')).toBe('intact');
  });

  test('the other way round', () => {
    const it = asked('vcc', 'vff')
      .span({ node: 'gate', id: 'one', trace: 'X', marked: true, of: extraId('vcc') })
      .span({ node: 'gate', id: 'two', parent: 'vff', trace: 'vff' });
    expect(outcomes(it)).toEqual(['vcc differs: began a trace', 'vff differs: went on in the trace']);
    expect(it.verdict('probe', 'gate')).toBe('degraded nonconforming gate proved');
    expect(it.report().summary.exit).toBe(0);
  });

  test('members of tracestate that are lost, and ones that should be', () => {
    const it = asked('state', 'state-key-dot', 'state-spaces')
      .span({ node: 'gate', id: 'one', parent: 'state', trace: 'state', traceState: 'foo=1' })
      .span({ node: 'gate', id: 'two', parent: 'state-key-dot', trace: 'state-key-dot', traceState: 'foo.bar=1' })
      .span({ node: 'gate', id: 'three', parent: 'state-spaces', trace: 'state-spaces', traceState: 'foo=1,bar=2' });
    expect(outcomes(it)).toEqual([
      'state differs: went on in the trace, dropped 1 of 2 members',
      'state-key-dot differs: went on in the trace, kept foo.bar=1',
      'state-spaces conforms: went on in the trace',
    ]);
  });

  test('what was not seen is not passed', () => {
    expect(outcomes(asked('vff'))).toEqual(['vff unseen']);
    expect(asked('vff').verdict('probe', 'gate')).toBe('intact');
  });
});

describe('the cases', () => {
  const ids = { traceId: 'abcdef0123456789abcdef0123456789', spanId: '0123456789abcdef' };
  const traceParents = CONFORMANCE_CASES.map((each) => ({
    each,
    values: each.headers(ids).flatMap(([name, value]) => (name.toLowerCase() === 'traceparent' ? [value] : [])),
  }));

  test('each has an id of its own', () => {
    expect(new Set(CONFORMANCE_CASES.map(({ id }) => id)).size).toBe(CONFORMANCE_CASES.length);
    expect(CONFORMANCE_CASES.length).toBeGreaterThan(45);
  });

  // A case that our own strict reader takes otherwise than the case asks would be a case that is written wrongly.
  test.each(traceParents)('$each.id is read as it asks', ({ each, values }) => {
    const [only, ...more] = values;
    const read = only !== undefined && more.length === 0 && readTraceParent(only.trim()).ok;
    expect(read ? 'same' : 'new').toBe(each.trace);
  });
});

describe('cases that came through a mediator', () => {
  const it = scene(`
version: 1
nodes: { edge: { kind: proxy, url: "http://127.0.0.1:1" }, gate: {} }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: edge -> gate } }
`)
    .span({ node: 'gate', id: 'gate', parent: 'probe' })
    .extra({
      purpose: 'conformance',
      id: 'vcc',
      node: 'gate',
      to: 'edge',
      hop: 'f: probe -> edge -> gate',
      case: 'vcc',
    })
    .span({ node: 'gate', id: 'one', trace: 'X', marked: true, of: extraId('vcc') });

  test('blame nobody alone', () => {
    expect(it.verdict('probe', 'gate')).toBe('degraded nonconforming - inferred [edge gate]');
  });
});
