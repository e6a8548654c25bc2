import { describe, expect, test } from 'vitest';
import type { ContextField } from '../../src/model/evidence.ts';
import { injectContext } from '../../src/trace-context/inject.ts';
import { readContext } from '../../src/trace-context/reading.ts';
import { readTraceParent } from '../../src/trace-context/traceparent.ts';

const T = '4bf92f3577b34da6a3ce929d0e0e4736';
const P = '00f067aa0ba902b7';
const GOOD = `00-${T}-${P}-01`;

describe('traceparent, as strictly as W3C asks', () => {
  test.each([
    ['version 00', GOOD],
    ['the random flag', `00-${T}-${P}-03`],
    ['unknown flag bits', `00-${T}-${P}-ff`],
    ['a higher version', `cc-${T}-${P}-01`],
    ['a higher version with more behind it', `cc-${T}-${P}-01-what-the-future-brings`],
  ])('reads %s', (_, value) => {
    expect(readTraceParent(value)).toMatchObject({ ok: true, value: { traceId: T, parentId: P } });
  });

  test.each([
    ['upper-case hex', GOOD.toUpperCase(), /upper-case/],
    ['quotation marks', `"${GOOD}"`, /quotation marks/],
    ['spaces around it', ` ${GOOD}`, /spaces/],
    ['nothing', '', /empty/],
    ['three fields', `00-${T}-${P}`, /3 of the 4 fields/],
    ['a trace id of 16 digits', `00-${T.slice(16)}-${P}-01`, /trace id has 16 characters/],
    ['a parent id of 15 digits', `00-${T}-${P.slice(1)}-01`, /parent id has 15 characters/],
    ['flags of one digit', `00-${T}-${P}-1`, /flags are "1"/],
    ['three digits of flags', `00-${T}-${P}-0ff`, /flags are "0ff"/],
    ['version ff', `ff-${T}-${P}-01`, /ff is forbidden/],
    ['more behind version 00', `${GOOD}-x`, /nothing after the flags/],
    ['a dot behind a higher version', `cc-${T}-${P}-01.x`, /./],
    ['a zero trace id', `00-${'0'.repeat(32)}-${P}-01`, /trace id is all zeros/],
    ['a zero parent id', `00-${T}-${'0'.repeat(16)}-01`, /parent id is all zeros/],
    ['two values in one', `${GOOD}, ${GOOD}`, /./],
  ])('refuses %s and says why', (_, value, reason) => {
    expect(readTraceParent(value)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });
});

function fields(...pairs: [string, string][]): ContextField[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

describe('the context headers of an event', () => {
  const low = BigInt(`0x${T.slice(16)}`).toString();
  test.each<[string, ContextField[], string, string[]]>([
    ['nothing', [], 'none', []],
    ['baggage alone', fields(['baggage', 'a=b']), 'none', []],
    ['one good header', fields(['traceparent', GOOD]), 'valid', [T]],
    ['any case of the name', fields(['TraceParent', GOOD]), 'valid', [T]],
    ['upper-case hex: ids a person recognises', fields(['traceparent', GOOD.toUpperCase()]), 'malformed', [T]],
    ['bytes printed as numbers', fields(['traceparent', [...Buffer.from(GOOD)].join(',')]), 'malformed', [T]],
    ['bytes printed as base64', fields(['traceparent', Buffer.from(GOOD).toString('base64')]), 'malformed', [T]],
    ['two headers', fields(['traceparent', GOOD], ['traceparent', GOOD]), 'duplicated', [T, T]],
    ['B3 in one header', fields(['b3', `${T}-${P}-1`]), 'foreign', [T]],
    ['B3 in several', fields(['X-B3-TraceId', T], ['X-B3-SpanId', P]), 'foreign', [T]],
    ['Jaeger', fields(['uber-trace-id', `${T}:${P}:0:1`]), 'foreign', [T]],
    [
      'X-Ray',
      fields(['X-Amzn-Trace-Id', `Root=1-${T.slice(0, 8)}-${T.slice(8)};Parent=${P};Sampled=1`]),
      'foreign',
      [T],
    ],
    [
      'Datadog',
      fields(
        ['x-datadog-trace-id', low],
        ['x-datadog-parent-id', '1'],
        ['x-datadog-tags', `_dd.p.tid=${T.slice(0, 16)}`],
      ),
      'foreign',
      [T],
    ],
    ['Sentry', fields(['sentry-trace', `${T}-${P}-1`]), 'foreign', [T]],
    ['Google Cloud', fields(['x-cloud-trace-context', `${T}/1;o=1`]), 'foreign', [T]],
    ['Pub/Sub', fields(['googclient_traceparent', GOOD]), 'foreign', [T]],
    ['a request id that is no context', fields(['request-id', '4711']), 'none', []],
    ['W3C beside B3', fields(['b3', `${T}-${P}-1`], ['traceparent', GOOD]), 'valid', [T]],
  ])('%s: %#', (_, context, state, traceIds) => {
    const reading = readContext(context, 'http');
    expect([reading.state, reading.ids.map(({ traceId }) => traceId)]).toEqual([state, traceIds]);
  });

  test('spaces around a value are HTTP’s to trim, and nobody else’s', () => {
    const spaced = fields(['traceparent', ` ${GOOD} `]);
    expect(readContext(spaced, 'http').state).toBe('valid');
    expect(readContext(spaced, 'kafka').state).toBe('malformed');
  });

  test('AMQP receivers want text under exactly "traceparent"', () => {
    expect(readContext(fields(['traceparent', GOOD]), 'rabbitmq').state).toBe('valid');
    expect(readContext(fields(['Traceparent', GOOD]), 'rabbitmq').state).toBe('malformed');
    expect(readContext([{ name: 'traceparent', value: GOOD, type: 'bytes' }], 'rabbitmq').state).toBe('malformed');
  });
});

test('a probe carries what a receiver reads: traceparent, two members of tracestate, its id in baggage', () => {
  const probe = '0a1b2c3d-1111-4222-a333-444455556666';
  const context = injectContext({ probe, traceId: T, spanId: P }).map(([name, value]) => ({ name, value }));
  expect(context.map(({ name }) => name)).toEqual(['traceparent', 'tracestate', 'baggage']);
  const { state, ids, flags, traceState, baggage } = readContext(context, 'http');
  expect([state, ids, flags]).toEqual(['valid', [{ traceId: T, spanId: P }], 1]);
  expect(traceState?.split(',')).toHaveLength(2);
  expect(baggage).toContain(probe);
});
