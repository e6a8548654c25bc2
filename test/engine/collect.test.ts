/** The run itself, on instruments that a test holds in its hands: what is opened, sent, waited for, closed. */
import { describe, expect, test } from 'vitest';
import { collect } from '../../src/engine/collect.ts';
import type { Instruments } from '../../src/engine/instruments.ts';
import type { CollectSettings } from '../../src/engine/run.ts';
import type { SpanRecord } from '../../src/model/evidence.ts';
import { inTheWay } from '../../src/model/problem.ts';
import type { ProbeMessage, ProbeOutcome } from '../../src/probes/probe.ts';
import type { SourceSink } from '../../src/sources/source.ts';
import { readTopology } from '../../src/topology/read.ts';

const TOPOLOGY = `
version: 1
nodes:
  checkout: { url: "http://127.0.0.1:3001" }
flows:
  order:
    send: { http: { method: POST, path: "/orders/\${probe.id}", headers: { authorization: "Bearer \${secret:TOKEN}" } } }
    through: checkout
    repeat: 3
    deadline: 5s
`;

interface Bench {
  instruments: Instruments;
  sent: ProbeMessage[];
  open: Set<string>;
}

/** @param answer what comes of a probe; it may hand spans to the source meanwhile */
function bench(answer: (message: ProbeMessage, sink: SourceSink) => Promise<ProbeOutcome>): Bench {
  const sent: ProbeMessage[] = [];
  const open = new Set<string>();
  let sink: SourceSink | undefined;
  const close = (name: string) => async (): Promise<void> => {
    open.delete(name);
  };
  let random = 0;
  const instruments: Instruments = {
    async openProbe() {
      open.add('probe');
      return {
        send: async (message) => {
          sent.push(message);
          if (sink === undefined) throw new Error('sent before the source was open');
          return answer(message, sink);
        },
        close: close('probe'),
      };
    },
    newCookieJar: async () => ({ cookiesFor: () => '', take: () => undefined }),
    answersAt: async () => undefined,
    openTap: async () => {
      throw new Error('no tap is declared');
    },
    async openSource(_config, _needles, _attributes, given) {
      sink = given;
      open.add('source');
      const sight = () => ({ part: 'source' as const, name: 'otlp', from: 0, until: 1, gaps: [], dropped: 0 });
      return { sight, caughtUp: async () => undefined, close: close('source') };
    },
    clock: { ms: () => performance.now(), ns: () => String(BigInt(Math.round(performance.now() * 1e6))) },
    randomHex: (digits) => {
      random += 1;
      return String(random).padStart(digits, '1').slice(-digits);
    },
  };
  return { instruments, sent, open };
}

function settings(change: Partial<CollectSettings> = {}, text = TOPOLOGY): CollectSettings {
  const { topology } = readTopology(text, { file: 'tracegap.yaml', env: { TOKEN: 'hush' }, sha256: '' });
  if (topology === undefined) throw new Error('the topology does not read');
  return {
    topology,
    environment: ({ name }) => (name === 'TOKEN' ? 'hush' : undefined),
    options: { failOn: 'inconclusive' },
    version: '0.0.0',
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...change,
  };
}

/** checkout's entry span for the probe that a message carries. */
function entryOf(message: ProbeMessage): SpanRecord {
  const traceparent = message.headers.find(([name]) => name === 'traceparent')?.[1] ?? '';
  const [, traceId = '', parentSpanId = ''] = traceparent.split('-');
  const common = { links: [], attributes: {}, resource: {}, tie: [], sources: ['otlp'], receivedAt: 0 };
  return {
    ...common,
    traceId,
    parentSpanId,
    spanId: 'c'.repeat(16),
    kind: 'server',
    name: 'POST',
    start: '0',
    end: '1',
    service: 'checkout',
  };
}

test('sends one probe after the other, ends when all are decided, and closes everything', async () => {
  const { instruments, sent, open } = bench(async (message, sink) => {
    sink.spans([entryOf(message)]);
    return { status: '200' };
  });
  const evidence = await collect(instruments, settings());
  expect(sent).toHaveLength(3);
  expect(open).toEqual(new Set());
  expect(evidence.probes.map(({ status }) => status)).toEqual(['200', '200', '200']);
  expect(new Set(evidence.probes.map(({ traceId }) => traceId)).size).toBe(3);
  expect(evidence.waits).toHaveLength(3);
  expect(sent[0]?.headers).toContainEqual(['authorization', 'Bearer hush']);
  expect(JSON.stringify(evidence)).not.toContain('hush');
});

test('an interrupted run hands over what it has', async () => {
  const interrupt = new AbortController();
  const { instruments, open } = bench(async (message, sink) => {
    sink.spans([entryOf(message)]);
    interrupt.abort();
    return { status: '200' };
  });
  const { run, spans } = await collect(instruments, settings({ signal: interrupt.signal }));
  expect([run.interrupted, spans.length, open.size]).toEqual([true, 1, 0]);
});

test('what is in the way is thrown before anything is sent, and what was open is closed', async () => {
  const { instruments, sent, open } = bench(async () => ({ status: '200' }));
  const taken = { ...instruments, openSource: () => Promise.reject(inTheWay('port 4318 is taken', 'stop it')) };
  await expect(collect(taken, settings())).rejects.toThrow('port 4318 is taken');
  expect([sent.length, open.size]).toEqual([0, 0]);
});

test('a bug where spans come in is thrown, not swallowed, and everything is closed', async () => {
  const { instruments, open } = bench(async (message, sink) => {
    sink.spans([{ ...entryOf(message), links: undefined as never }]);
    return { status: '200' };
  });
  await expect(collect(instruments, settings())).rejects.toThrow(TypeError);
  expect(open).toEqual(new Set());
});

describe('a receiver whose spans name no probe', () => {
  const text = `
version: 1
nodes:
  gate: { url: "http://127.0.0.1:1" }
  shelf: { url: "http://127.0.0.1:2", isolate: { http: { path: "/\${probe.id}" } } }
flows:
  f: { send: { http: { path: "/\${probe.id}" } }, through: gate -> shelf, deadline: 100ms }
`;

  /** The gate goes on from the probe; the shelf begins a trace of its own while the gate answers. */
  async function purposes(change: Partial<CollectSettings> = {}): Promise<string[]> {
    const { instruments } = bench(async (message, sink) => {
      if (message.headers.some(([name]) => name === 'x-tracegap')) return { status: '200' };
      const entry = entryOf(message);
      const at = (ms: number): string => String(BigInt(Math.round((performance.now() + ms) * 1e6)));
      const { parentSpanId: _, ...root } = {
        ...entry,
        traceId: 'b'.repeat(32),
        spanId: 'd'.repeat(16),
        service: 'shelf',
      };
      sink.spans([
        { ...entry, service: 'gate', start: at(0), end: at(50) },
        { ...root, start: at(10), end: at(20) },
      ]);
      return { status: '200' };
    });
    const { probes } = await collect(instruments, settings(change, text));
    return probes.map(({ purpose, about }) => `${purpose} ${about?.node ?? ''}`.trim());
  }

  test('is asked alone, once the whole of the evidence shows that its hop is broken', async () => {
    expect(await purposes()).toEqual(['main', 'isolation shelf']);
  });

  test('is not, where that is not wanted', async () => {
    expect(await purposes({ options: { failOn: 'inconclusive', isolate: 'none' } })).toEqual(['main']);
  });
});
