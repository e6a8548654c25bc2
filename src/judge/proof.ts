/** Facts of a crossing as proofs of a finding. */
import type { WireFact } from '../evidence/crossing.ts';
import type { IndexedSpan } from '../evidence/span-index.ts';
import type { Station } from '../evidence/stations.ts';
import type { Sight } from '../model/evidence.ts';
import type { Proof } from '../model/report.ts';
import { timeOfMs, timeOfNs } from '../model/time.ts';
import type { CrossingView } from './view.ts';

export function spanProof({ record, node }: IndexedSpan, probe: string): Proof {
  const { traceId, spanId, parentSpanId, links, name, kind, start, end, service } = record;
  return {
    kind: 'span',
    node: node ?? service,
    probe,
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    ...(links.length === 0 ? {} : { links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })) }),
    name,
    spanKind: kind,
    start: timeOfNs(start),
    end: timeOfNs(end),
  };
}

/** A station's entry span; for the probe, what the probe sent. */
export function stationProof(view: CrossingView, station: Station | undefined): Proof[] {
  if (station === undefined) return [];
  return station.span === undefined ? [sentProof(view)] : [spanProof(station.span, view.probe.id)];
}

function sentProof({ probe }: CrossingView): Proof {
  const { sent } = probe;
  const place = sent.transport === 'http' ? 'wire' : 'record';
  const base = { node: 'probe', probe: probe.id, at: timeOfNs(probe.start), context: sent.context };
  if (place === 'wire') {
    return { kind: 'wire', ...base, target: sent.target, ...(probe.status ? { status: probe.status } : {}) };
  }
  const { partition, offset, messageId } = sent;
  return {
    kind: 'record',
    ...base,
    ...(sent.transport === 'kafka' ? { topic: sent.target } : { exchange: sent.target }),
    ...(partition === undefined ? {} : { partition }),
    ...(offset === undefined ? {} : { offset }),
    ...(messageId === undefined ? {} : { messageId }),
  };
}

/** What the wire carried, as a request, record or message. */
export function wireProof(view: CrossingView, fact: WireFact | undefined): Proof[] {
  if (fact === undefined) return [];
  if (fact.event === undefined) return [sentProof(view)];
  const { record } = fact.event;
  const base = { node: record.node, probe: view.probe.id, at: timeOfNs(record.at), context: record.context };
  if (record.kafka !== undefined) return [{ kind: 'record', ...base, ...record.kafka }];
  if (record.rabbitmq !== undefined) {
    const { exchange, routingKey, messageId } = record.rabbitmq;
    return [{ kind: 'record', ...base, exchange, routingKey, ...(messageId === undefined ? {} : { messageId }) }];
  }
  const status = record.http?.status;
  return [
    { kind: 'wire', ...base, target: record.target, ...(status === undefined ? {} : { status: String(status) }) },
  ];
}

/** The wire before and after a mediator, and who received what came out. */
export function mediatorProof(view: CrossingView): Proof[] {
  return [
    ...wireProof(view, view.broken?.before),
    ...wireProof(view, view.broken?.fact),
    ...stationProof(view, view.arrival?.station),
  ];
}

export function responseProof({ probe }: CrossingView): Proof[] {
  const { status, error } = probe;
  if (status === undefined && error === undefined) return [];
  return [
    {
      kind: 'response',
      node: probe.sent.to,
      probe: probe.id,
      ...(status === undefined ? {} : { status }),
      message: error?.message ?? `${probe.sent.to} answered ${status}`,
    },
  ];
}

/** An absence is only as good as the sight that it cites. */
export function absenceProof({ probe }: CrossingView, node: string, message: string, sights: Sight[]): Proof {
  return { kind: 'absence', node, probe: probe.id, message, sight: sights.map(describeSight) };
}

function describeSight({ part, name, from, until, blind, gaps, dropped }: Sight): string {
  if (blind !== undefined) return `${part} ${name}: saw nothing (${blind})`;
  const flaws = [
    ...gaps.map((gap) => `blind for ${gap.until - gap.from} ms: ${gap.reason}`),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
  ];
  const watched = `${part} ${name}: watched ${timeOfMs(from)} to ${timeOfMs(until)}`;
  return flaws.length === 0 ? watched : `${watched}, ${flaws.join(', ')}`;
}
