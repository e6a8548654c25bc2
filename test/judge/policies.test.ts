import { describe, expect, test } from 'vitest';
import { extraId, type Scene, scene } from './scene.ts';

function topology(nodes: string, through: string, more = ''): string {
  return `
version: 1
nodes:
${nodes}
flows:
  f:
    send: { http: { path: "/\${probe.id}" } }
    through: ${through}
${more}`;
}

const WATCHED = `
  gate: { url: "http://127.0.0.1:1", tap: { listen: "127.0.0.1:11" } }
  shelf: { url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }`;

describe('what travels beside the context is as bad a loss as the hop says', () => {
  const cases: [carry: string, verdict: string][] = [
    ['wanted', 'degraded baggage-lost gate proved'],
    ['required', 'broken baggage-lost gate proved'],
    ['ignored', 'intact'],
  ];
  test.each(cases)('%s', (carry, verdict) => {
    const it = scene(topology(WATCHED, 'gate -> shelf', `hops: { "gate -> shelf": { carry: { baggage: ${carry} } } }`))
      .wire({ into: 'gate', carries: 'T:probe' })
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', at: 15 })
      .wire({ into: 'shelf', carries: 'T:call', baggage: false })
      .span({ node: 'shelf', id: 'shelf', parent: 'call', at: 30 });
    expect(it.verdict('gate', 'shelf')).toBe(verdict);
  });
});

describe('a node that need not be reached', () => {
  const nodes = '  gate: { url: "http://127.0.0.1:1" }\n  shelf: { url: "http://127.0.0.1:2" }';

  test('is unexercised where nothing went to it, also unwatched, and gates nothing', () => {
    const it = scene(topology(nodes, 'gate -> shelf?')).span({ node: 'gate', id: 'gate', parent: 'probe' });
    expect(it.verdict('gate', 'shelf')).toBe('unexercised not-reached -');
    expect(it.report().summary).toMatchObject({ exit: 0, unexercised: 1 });
  });

  test('is not excused where a call went to it', () => {
    const it = scene(topology(nodes, 'gate -> shelf?'))
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({
        node: 'gate',
        id: 'call',
        parent: 'gate',
        kind: 'client',
        attributes: { 'server.address': '127.0.0.1', 'server.port': 2 },
      });
    expect(it.hop('gate', 'shelf').verdict).toBe('inconclusive');
  });

  test('that is not marked so still gates', () => {
    const it = scene(topology(WATCHED, 'gate -> shelf'))
      .wire({ into: 'gate', carries: 'T:probe' })
      .span({ node: 'gate', id: 'gate', parent: 'probe' });
    expect(it.verdict('gate', 'shelf')).toBe('unexercised not-reached -');
    expect(it.report().summary.exit).toBe(3);
  });
});

describe('declared head sampling', () => {
  const nodes =
    '  gate: { url: "http://127.0.0.1:1" }\n  shelf: { url: "http://127.0.0.1:2", sampling: 0.5 }\n  box: {}';

  function passed(it: Scene, id: string, trace: string, kept: boolean): Scene {
    const parent = trace === 'T' ? 'probe' : trace;
    it.span({ node: 'gate', id: `g${id}`, parent, trace }).span({
      node: 'gate',
      id: `c${id}`,
      parent: `g${id}`,
      kind: 'client',
      trace,
    });
    return kept ? it.span({ node: 'shelf', id: `s${id}`, parent: `c${id}`, trace }) : it;
  }

  function several(kept: boolean[]): Scene {
    const it = scene(topology(nodes, 'gate -> shelf -> box'));
    for (const [index, each] of kept.entries()) {
      const id = `m${index}`;
      if (index > 0) it.extra({ purpose: 'main', id, node: 'gate', hop: '' });
      passed(it, String(index), index === 0 ? 'T' : id, each);
      if (each) {
        const trace = index === 0 ? 'T' : id;
        it.span({ node: 'shelf', id: `d${index}`, parent: `s${index}`, kind: 'client', trace });
        it.span({ node: 'box', id: `b${index}`, parent: `d${index}`, trace });
      }
    }
    return it;
  }

  test('what it lets go is no loss, here and behind', () => {
    const it = several([true, false, true, false]);
    expect(it.verdict('gate', 'shelf')).toBe('intact');
    expect(it.verdict('shelf', 'box')).toBe('intact');
    expect(it.hop('gate', 'shelf').samples).toMatchObject({ seen: 2, intact: 2 });
  });

  test('nothing is passed where it let all of a few go', () => {
    const it = several([false, false]);
    expect(it.verdict('gate', 'shelf')).toBe('inconclusive nothing-seen -');
    expect(it.verdict('shelf', 'box')).toBe('inconclusive nothing-seen -');
  });

  test('far fewer than it declares are a loss', () => {
    expect(several(new Array(8).fill(false)).verdict('gate', 'shelf')).toBe('broken unsampled shelf inferred');
  });

  test('a receiver behind a span that was let go has gone on', () => {
    const it = scene(topology(nodes, 'gate -> shelf -> box'))
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client' })
      .span({ node: 'box', id: 'box', parent: 'gone', flags: 0x301 });
    expect(it.verdict('shelf', 'box')).toBe('intact');
  });

  test('a node that does not declare it is not excused', () => {
    const it = scene(topology(nodes.replace(', sampling: 0.5', ''), 'gate -> shelf -> box'));
    passed(it, '0', 'T', false);
    expect(it.hop('gate', 'shelf').verdict).toBe('inconclusive');
  });
});

describe('a declared consumer group says what was consumed', () => {
  const nodes = `
  gate: { url: "http://127.0.0.1:1" }
  log: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: t }
  billing: {}`;
  const it = (next: string): Scene =>
    scene(topology(nodes, 'gate -> log -> billing', 'hops: { "gate -> log -> billing": { group: workers } }'))
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'send', parent: 'gate', kind: 'producer' })
      .wire({ into: 'log', carries: 'T:send', offset: '7' })
      .sight({ part: 'tap', name: 'log', groups: { workers: { '0': next } } });

  test('past the record, without a span: silent, and proved', () => {
    expect(it('8').verdict('gate', 'billing')).toBe('broken silent billing proved');
  });

  test('before the record: nothing can be said', () => {
    const hop = it('7').hop('gate', 'billing');
    expect(hop.verdict).toBe('inconclusive');
    expect(hop.findings[0]?.message).toContain('group workers has not read that: it stands at 7');
  });
});

describe('context in the body only', () => {
  const nodes = `
  gate: { url: "http://127.0.0.1:1" }
  log: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: t }
  billing: {}`;
  const value = '00-542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-73656e642e2e2e2e-01';
  const it = (): Scene =>
    scene(topology(nodes, 'gate -> log -> billing'))
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'send', parent: 'gate', kind: 'producer' })
      .wire({ into: 'log', carries: 'none', envelope: [{ name: 'traceparent', value }] });

  test('is the wrong format for a receiver that does not go on', () => {
    const lost = it().span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', marked: true });
    expect(lost.verdict('gate', 'billing')).toBe('broken wrong-format gate proved');
  });

  test('is no finding for one that does', () => {
    const read = it().span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer' });
    expect(read.verdict('gate', 'billing')).toBe('intact');
  });
});

describe('requests beside the main one', () => {
  const nodes = `
  edge: { kind: proxy, url: "http://127.0.0.1:1" }
  gate: { url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }`;
  const HOP = 'f: probe -> edge -> gate';
  const dropped = (): Scene =>
    scene(topology(nodes, 'edge -> gate'))
      .wire({ into: 'gate', carries: 'none' })
      .span({ node: 'gate', id: 'gate', trace: 'G', marked: true, at: 30 });

  test.each([
    ['isolation', 'another header (x-tracegap) came through'],
    [undefined, 'so was every other header that it does not know'],
  ])('a canary tells what drops all headers from what drops ours (%s)', (canary, said) => {
    const it = dropped()
      .extra({ purpose: 'canary', id: 'c', node: 'edge', hop: HOP })
      .wire({ into: 'gate', carries: 'none', of: extraId('c'), at: 1010, ...(canary === undefined ? {} : { canary }) });
    expect(it.verdict('probe', 'gate')).toBe('broken stripped edge proved');
    expect(it.hop('probe', 'gate').findings[0]?.message).toContain(said);
  });

  test.each([
    ['X:x', 'it starts a trace for a request without context too'],
    ['none', 'a request without context came out without'],
  ])('a request without context tells a proxy that always starts a trace (%s)', (carries, said) => {
    const it = scene(topology(nodes, 'edge -> gate'))
      .wire({ into: 'gate', carries: 'P:p' })
      .span({ node: 'gate', id: 'gate', parent: 'p', trace: 'P', at: 30 })
      .extra({ purpose: 'control', id: 'n', node: 'edge', hop: HOP })
      .wire({ into: 'gate', carries, of: extraId('n'), at: 1010 });
    expect(it.verdict('probe', 'gate')).toBe('broken restarted edge proved');
    expect(it.hop('probe', 'gate').findings[0]?.message).toContain(said);
  });

  test('a service that hangs a request without context below a parent makes that up itself', () => {
    const it = scene(topology(nodes, 'edge -> gate'))
      .wire({ into: 'gate', carries: 'T:probe' })
      .span({ node: 'gate', id: 'gate', parent: 'made', at: 30, flags: 0x301 })
      .extra({ purpose: 'control', id: 'n', node: 'edge', hop: HOP })
      .span({ node: 'gate', id: 'again', parent: 'made', trace: 'Q', marked: true, of: extraId('n'), at: 1010 });
    expect(it.verdict('probe', 'gate')).toBe('broken not-extracted gate proved');
    expect(it.hop('probe', 'gate').findings[0]?.message).toContain('below a parent that it makes up');
  });
});

describe('any other asynchronous carrier', () => {
  const channel = `
version: 1
nodes: { gate: { url: "http://127.0.0.1:1" }, jobs: { kind: channel, software: sqs }, worker: {} }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: gate -> jobs -> worker } }
`;
  const sent = (): Scene =>
    scene(channel)
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({
        node: 'gate',
        id: 'send',
        parent: 'gate',
        kind: 'producer',
        attributes: { 'messaging.system': 'aws_sqs' },
      });

  test('may be gone on from by a link', () => {
    const it = sent().span({ node: 'worker', id: 'work', trace: 'W', kind: 'consumer', links: ['T:send'] });
    expect(it.verdict('gate', 'worker')).toBe('linked');
  });

  test('is a suspect itself: nobody sees what comes out of it', () => {
    const it = sent().span({ node: 'worker', id: 'work', trace: 'W', kind: 'consumer', marked: true });
    expect(it.verdict('gate', 'worker')).toBe(
      'broken not-injected - inferred [gate jobs worker] or stripped not-extracted',
    );
  });
});
