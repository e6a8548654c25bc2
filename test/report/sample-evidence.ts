/** Evidence of one probe: once with every field that there is, once without those that may be left out. */
import type { Evidence } from '../../src/model/evidence.ts';
import { OTHER_TRACE, PROBE, TRACE, TRACEPARENT } from './sample.ts';

const SPAN = '00f067aa0ba902b7';
const NS = '1795600800120000000';

/** Every field, every kind of event. */
export function fullEvidence(): Evidence {
  const tie = () => [{ probe: PROBE, where: 'target' }];
  const context = () => [{ name: 'traceparent', value: TRACEPARENT, type: 'bytes' as const }];
  return {
    version: 1,
    tool: { name: 'tracegap', version: '0.1.0' },
    run: {
      id: '7c1e09d4',
      startedAt: '2026-11-23T10:00:00.000Z',
      durationMs: 812.5,
      interrupted: true,
      resumedAt: ['2026-11-23T10:05:00.000Z'],
    },
    options: {
      failOn: 'inconclusive',
      flows: ['place-order'],
      hops: ['* -> billing'],
      traces: { 'place-order': [TRACE] },
    },
    topology: {
      name: 'shop-dev',
      file: 'tracegap.yaml',
      sha256: 'e3b0c442'.repeat(8),
      resource: { 'deployment.environment.name': 'dev' },
      nodes: {
        billing: {
          kind: 'service',
          services: ['billing'],
          resource: { 'k8s.namespace.name': 'shop' },
          span: { 'http.route': '/' },
          spans: 'expected',
          software: 'node',
          addresses: ['127.0.0.1:3002'],
          tapped: true,
          topic: 't',
          exchange: 'e',
          binding: 'b',
          queue: 'q',
          at: { line: 3, column: 3 },
        },
      },
      flows: {
        'place-order': { sendTo: 'billing', transport: 'http', chains: [['billing']], at: { line: 8, column: 3 } },
      },
      hops: [
        {
          id: 'place-order: probe -> billing',
          flow: 'place-order',
          from: 'probe',
          via: [],
          to: 'billing',
          at: { line: 9, column: 5 },
          policy: {
            relation: 'child',
            restart: 'forbidden',
            deadlineMs: 30000,
            carry: { tracestate: 'wanted', baggage: 'wanted' },
            waive: [{ causes: ['any'], reason: 'TICKET-41', until: '2027-01-31' }],
          },
        },
      ],
    },
    probes: [
      {
        id: PROBE,
        flow: 'place-order',
        number: 1,
        index: 0,
        purpose: 'main',
        given: true,
        traceId: TRACE,
        spanId: SPAN,
        start: NS,
        end: NS,
        sent: {
          to: 'billing',
          transport: 'kafka',
          target: 't',
          context: context(),
          partition: 0,
          offset: '17',
          messageId: PROBE,
        },
        status: '200',
        error: { message: 'refused', hint: 'start it' },
      },
    ],
    spans: [
      {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: SPAN,
        links: [{ traceId: OTHER_TRACE, spanId: SPAN, flags: 0x301 }],
        flags: 0x301,
        traceState: 'tracegap=1',
        kind: 'server',
        name: 'POST /charge',
        start: NS,
        end: NS,
        service: 'billing',
        resource: { 'service.name': 'billing', 'process.pid': 7, 'process.command_args': ['node', 'x'] },
        scope: '@opentelemetry/instrumentation-http',
        attributes: { 'http.route': '/charge', synthetic: true },
        tie: tie(),
        receivedAt: 1795600800300.5,
        sources: ['otlp'],
      },
    ],
    wire: [
      {
        id: 'billing/1',
        node: 'billing',
        transport: 'http',
        at: NS,
        seenAt: 1795600800300,
        target: 'POST /charge',
        context: context(),
        tie: tie(),
        http: { status: 200, end: NS, upstreamPort: 40123, resend: true },
        kafka: { topic: 't', partition: 0, offset: '17' },
        rabbitmq: { exchange: 'e', routingKey: 'k', messageId: PROBE, correlationId: PROBE },
      },
    ],
    sight: [
      {
        part: 'tap',
        name: 'billing',
        from: 1795600800000,
        until: 1795600801000,
        blind: 'the broker is down',
        gaps: [{ from: 1795600800000, until: 1795600800500, reason: 'reconnecting' }],
        dropped: 2,
        offsets: { '0': { from: '17', until: '18' } },
        queue: { name: 'mail', messages: 0, consumers: 1 },
      },
    ],
    waits: [{ hop: 'place-order: probe -> billing', probe: PROBE, ms: 230.25, for: "billing's entry span" }],
    problems: [{ part: 'forward', name: 'otlp', flows: [], message: 'm', hint: 'h' }],
  };
}

/** Nothing that may be absent. */
export function leanEvidence(): Evidence {
  return {
    version: 1,
    tool: { name: 'tracegap', version: '0.1.0' },
    run: { id: '7c1e09d4', startedAt: '2026-11-23T10:00:00Z', durationMs: 0 },
    options: { failOn: 'none' },
    topology: {
      name: 'shop',
      file: 'tracegap.yaml',
      sha256: '0'.repeat(64),
      resource: {},
      nodes: {
        billing: {
          kind: 'service',
          services: [],
          resource: {},
          span: {},
          spans: 'none',
          addresses: [],
          tapped: false,
          at: { line: 1, column: 1 },
        },
      },
      flows: {},
      hops: [
        {
          id: 'f: probe -> billing',
          flow: 'f',
          from: 'probe',
          via: [],
          to: 'billing',
          at: { line: 1, column: 1 },
          policy: {
            relation: 'either',
            restart: 'allowed',
            deadlineMs: 0,
            carry: { tracestate: 'wanted', baggage: 'wanted' },
            waive: [{ causes: [], reason: 'r' }],
          },
        },
      ],
    },
    probes: [
      {
        id: PROBE,
        flow: 'f',
        number: 1,
        index: 0,
        purpose: 'main',
        traceId: TRACE,
        spanId: SPAN,
        start: NS,
        sent: { to: 'billing', transport: 'http', target: 'GET /', context: [] },
      },
    ],
    spans: [
      {
        traceId: TRACE,
        spanId: SPAN,
        links: [{ traceId: OTHER_TRACE, spanId: SPAN }],
        kind: 'unspecified',
        name: '',
        start: NS,
        end: NS,
        service: 'billing',
        resource: {},
        attributes: {},
        tie: [],
        receivedAt: 0,
        sources: [],
      },
    ],
    wire: [
      {
        id: 'x',
        node: 'billing',
        transport: 'http',
        at: NS,
        seenAt: 0,
        target: '',
        context: [],
        tie: [],
        http: { upstreamPort: 1 },
      },
    ],
    sight: [{ part: 'source', name: 'otlp', from: 0, until: 0, gaps: [], dropped: 0 }],
    waits: [],
    problems: [],
  };
}
