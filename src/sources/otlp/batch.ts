/** What decoding a body gives, whichever way it was encoded. */
import type { AttributeValue, SpanKind, SpanRecord } from '../../model/evidence.ts';
import type { Needles } from '../source.ts';
import type { AttributeFilter } from './attributes.ts';

/** What decoding has to know of the run. */
export interface DecodeSettings {
  /** The source's name, for `SpanRecord.sources`. */
  source: string;
  needles: Needles;
  filter: AttributeFilter;
}

export interface DecodedBatch {
  /** In the order in which they came. Spans of one resource share its attributes. */
  spans: SpanRecord[];
  /** How many spans were refused, by reason. */
  rejected: Map<string, number>;
  /** What was taken although it is not as OTLP has it, by remark. */
  remarks: Map<string, number>;
}

/** A reader of bodies of one encoding. Throws only what `isMalformed` knows. */
export type Decode = (body: Buffer, receivedAt: number) => DecodedBatch;

export function emptyBatch(): DecodedBatch {
  return { spans: [], rejected: new Map(), remarks: new Map() };
}

export function count(tally: Map<string, number>, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}

export function total(tally: ReadonlyMap<string, number>): number {
  return [...tally.values()].reduce((sum, each) => sum + each, 0);
}

/** Rejections and remarks as one text for whoever sent them; empty if there are none. */
export function summaryOf(batch: DecodedBatch): string {
  const rejected = [...batch.rejected].map(([reason, times]) => `${times} rejected: ${reason}`);
  const remarks = [...batch.remarks].map(([remark, times]) => `${remark} (${times} times)`);
  return [...rejected, ...remarks].join('; ');
}

export const REJECTED = {
  traceId: 'trace id is not 16 bytes, or all zero',
  spanId: 'span id is not 8 bytes, or all zero',
  parentSpanId: 'parent span id is not 8 bytes',
};

export const REMARKS = {
  link: 'a link without a valid trace id and span id was left out',
  base64: 'an id was base64; OTLP/JSON writes ids in hex',
  enumName: 'a kind was a name; OTLP/JSON writes enums as numbers',
  instrumentationLibrary: 'instrumentationLibrarySpans is long gone; OTLP has scopeSpans',
};

export const KINDS: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** OTLP's SpanKind; a number that it does not have is unspecified. */
export function kindOf(value: number): SpanKind {
  return KINDS[value] ?? 'unspecified';
}

/** The service that a resource names; without a name, what SDKs call themselves then. */
export function serviceOf(resource: Record<string, AttributeValue>): string {
  return String(resource['service.name'] ?? 'unknown_service');
}

/** Whether spans of a service are wanted even where nothing ties them to the run. */
export function isDeclared(service: string, needles: Needles): boolean {
  return needles.services.size === 0 || needles.services.has(service);
}
