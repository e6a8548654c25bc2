/** The audit as a trace, handed to a real OTLP receiver: our own, which is strict. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { otlp } from '../../src/report/otlp.ts';
import { CONTENT_TYPES, closeAll, openRig } from '../sources/otlp/receiver-rig.ts';
import { cases } from './cases.ts';
import { empty, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

afterEach(closeAll);

const render = (report: Report): string => otlp.render(report, { color: false, width: 80 });

test.each(Object.entries({ ...cases, hostile, empty, many: () => longChain(1000, new Set([3])) }))(
  '%s is taken as it is: a span of the run and one a hop',
  async (_, make) => {
    const rig = await openRig({ services: ['tracegap'] });
    const headers = { 'content-type': CONTENT_TYPES.json };
    const { status } = await rig.send({ headers, body: Buffer.from(render(make())) });
    expect([status, rig.problems]).toEqual([200, []]);
    const { hops } = make();
    expect(rig.spans).toHaveLength(hops.length + 1);
    const [root, ...others] = rig.spans;
    expect(root?.parentSpanId).toBeUndefined();
    for (const span of others) expect([span.traceId, span.parentSpanId]).toEqual([root?.traceId, root?.spanId]);
    expect(new Set(rig.spans.map(({ spanId }) => spanId)).size).toBe(rig.spans.length);
    for (const { start, end } of rig.spans) expect(BigInt(end)).toBeGreaterThanOrEqual(BigInt(start));
  },
);

test('the receiver would refuse ids that are none', async () => {
  const rig = await openRig({ services: ['tracegap'] });
  const body = render(shop()).replace(/"spanId":"[0-9a-f]{16}"/, '"spanId":"xyz"');
  const { status, body: answer } = await rig.send({
    headers: { 'content-type': CONTENT_TYPES.json },
    body: Buffer.from(body),
  });
  expect(`${status} ${answer.toString()} ${rig.spans.length}`).not.toBe(`200 {} ${shop().hops.length + 1}`);
});

interface Span {
  name: string;
  status: { code?: number; message?: string };
  events: { name: string; attributes: { key: string; value: { stringValue?: string } }[] }[];
}

describe('a span', () => {
  const spansOf = (name: string): Span[] =>
    JSON.parse(render(cases[name]?.() ?? shop())).resourceSpans[0].scopeSpans[0].spans;
  const named = (name: string, span: string): Span | undefined => spansOf(name).find((each) => each.name === span);

  test('of a broken hop is an error, its finding an event', () => {
    const span = named('two-faults-and-unreached', 'hop probe → edge → checkout');
    expect(span?.status).toEqual({ code: 2, message: 'edge replaced the trace id' });
    expect(span?.events.map(({ name }) => name)).toEqual(['tracegap.finding']);
    expect(span?.events[0]?.attributes).toContainEqual({ key: 'tracegap.culprit', value: { stringValue: 'edge' } });
  });

  test('of what passed is well, of a waived hop neither', () => {
    expect(named('two-faults-and-unreached', 'hop checkout → pricing')?.status).toEqual({ code: 1 });
    expect(named('waiver-ends-soon', 'hop billing → invoices → mailer')?.status).toEqual({});
    expect(named('waiver-ended', 'hop billing → invoices → mailer')?.status).toMatchObject({ code: 2 });
  });

  test('of the run has the exit status, and what was in the way as events', () => {
    const [root] = spansOf('source-problems');
    expect(root?.name).toBe('audit shop-dev');
    expect(root?.events.every(({ name }) => name === 'tracegap.problem')).toBe(true);
    expect(spansOf('two-faults-and-unreached')[0]?.status.message).toMatch(/exit 1/);
  });
});

test('the trace is that of the run: another run is another trace', () => {
  const report = shop();
  const idOf = (text: string): string | undefined => /"traceId":"([0-9a-f]{32})"/.exec(text)?.[1];
  expect(idOf(render(report))).toBeDefined();
  expect(idOf(render({ ...report, run: { ...report.run, id: 'ffffffff' } }))).not.toBe(idOf(render(report)));
});
