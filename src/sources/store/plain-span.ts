/** Spans of stores that have a shape of their own: ids of any spelling, attributes as plain pairs. */
import type { AttributeValue, MarkerTie } from '../../model/evidence.ts';
import { findMarkers } from '../../trace-context/marker.ts';
import { type KeptAttribute, keptValue, tiesIn } from '../otlp/attributes.ts';
import { type DecodedBatch, type DecodeSettings, isDeclared } from '../otlp/batch.ts';
import type { JsonObject } from '../otlp/json/shape.ts';
import { malformed } from '../otlp/malformed.ts';
import { finish, NO_ID, type SpanDraft } from '../otlp/span.ts';

/** A span before its attributes are looked at. */
export interface PlainSpan extends Omit<SpanDraft, 'attributes' | 'tie'> {
  service: string;
  scope: string;
  /** Attributes of the resource, and of the span; some stores keep both in one place. */
  resource: [name: string, value: AttributeValue][];
  attributes: [name: string, value: AttributeValue][];
}

/** Adds a span if it concerns the run, or counts why not. */
export function addPlainSpan(span: PlainSpan, settings: DecodeSettings, receivedAt: number, batch: DecodedBatch): void {
  const { needles, filter, source } = settings;
  const { runId, traceIds } = needles;
  const tie = tiesOf(span, runId);
  const belongs = ({ traceId }: { traceId: string }): boolean => traceIds.has(traceId);
  if (!isDeclared(span.service, needles) && !belongs(span) && !span.links.some(belongs) && tie.length === 0) return;
  const resource = { ...keptOf(span.resource, filter.resource, runId), 'service.name': span.service };
  const draft: SpanDraft = { ...span, attributes: keptOf(span.attributes, filter.span, runId), tie };
  const around = { service: span.service, resource, scope: span.scope, receivedAt, source, runId };
  finish(draft, around, batch);
}

function keptOf(
  pairs: PlainSpan['attributes'],
  kept: ReadonlyMap<string, KeptAttribute>,
  runId: string,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const attribute = kept.get(name);
      return attribute === undefined ? [] : [[name, keptValue(value, attribute, runId)]];
    }),
  );
}

function tiesOf({ name, resource, attributes }: PlainSpan, runId: string): MarkerTie[] {
  const ties = new Map(tiesIn(name, 'name', runId).map((tie) => [`${tie.where} ${tie.probe}`, tie]));
  for (const [where, value] of [...resource, ...attributes]) {
    for (const probe of findMarkers(String(value), runId)) ties.set(`${where} ${probe}`, { probe, where });
  }
  return [...ties.values()];
}

const HEX = /^[0-9a-f]+$/i;
const BASE64 = /^[0-9a-z+/_-]+={0,2}$/i;

/**
 * An id as lower-case hex of full length, however it is spelled: 64 bits, without leading zeros, upper case, base64.
 * @returns '' for none and for zeros
 */
export function idOf(text: string, digits: 16 | 32): string {
  if (/^0*$/.test(text)) return '';
  if (HEX.test(text) && text.length <= digits) return text.toLowerCase().padStart(digits, '0');
  if (BASE64.test(text)) {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length === digits / 2) return bytes.toString('hex');
  }
  return NO_ID;
}

/** The spelling of a declared service; some stores write all of them in lower case. */
export function declaredSpelling(services: ReadonlySet<string>): (service: string) => string {
  const spelled = new Map([...services].map((service) => [service.toLowerCase(), service]));
  return (service) => spelled.get(service) ?? service;
}

/** Start and end in ns from a start and a duration in µs; 0 where they are absent. */
export function timesOf(span: JsonObject, startKey: string, durationKey: string): Pick<SpanDraft, 'start' | 'end'> {
  const start = microsAt(span, startKey);
  return { start: nsOf(start), end: nsOf(start + microsAt(span, durationKey)) };
}

function microsAt(span: JsonObject, key: string): number {
  const value = span[key] ?? 0;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw malformed(`${key}: expected a number of µs`);
}

function nsOf(micros: number): string {
  return String(BigInt(Math.round(micros)) * 1000n);
}
