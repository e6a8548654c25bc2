/** What our reader ought to make of a message that protobufjs decoded: plain, slow, and written on its own. */
import type { AttributeValue, SpanKind, SpanLink, SpanRecord } from '../../../src/model/evidence.ts';
import { type AttributeFilter, type KeptAttribute, keptName, keptValue } from '../../../src/sources/otlp/attributes.ts';
import type { Decoded, DecodedPair, DecodedSpan, DecodedValue } from './schema.ts';
import { RUN } from './settings.ts';

const KINDS: SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Without ties: the messages that it is asked about hold none. What could be a secret is cut by the rules under test elsewhere. */
export function expectedSpans(decoded: Decoded, filter: AttributeFilter, receivedAt: number): SpanRecord[] {
  return (decoded.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const attributes = attributesOf(resource?.attributes, filter.resource);
    return (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).filter(isValid).map((span) => ({
        ...spanOf(span, filter.span),
        service: String(attributes['service.name'] ?? 'unknown_service'),
        resource: attributes,
        ...(scope?.name ? { scope: scope.name } : undefined),
        tie: [],
        receivedAt,
        sources: ['main'],
      })),
    );
  });
}

function isValid({ traceId, spanId, parentSpanId }: DecodedSpan): boolean {
  const parentLength = parentSpanId?.length ?? 0;
  return isId(traceId, 16) && isId(spanId, 8) && (parentLength === 0 || parentLength === 8);
}

function isId(id: Buffer | undefined, length: number): id is Buffer {
  return id?.length === length && id.some((byte) => byte !== 0);
}

function spanOf(
  span: DecodedSpan,
  kept: ReadonlyMap<string, KeptAttribute>,
): Omit<SpanRecord, 'service' | 'resource' | 'tie' | 'receivedAt' | 'sources'> {
  return {
    traceId: span.traceId?.toString('hex') ?? '',
    spanId: span.spanId?.toString('hex') ?? '',
    ...(isId(span.parentSpanId, 8) ? { parentSpanId: span.parentSpanId.toString('hex') } : undefined),
    links: (span.links ?? []).flatMap(linkOf),
    ...(span.flags ? { flags: span.flags } : undefined),
    ...(span.traceState ? { traceState: span.traceState } : undefined),
    kind: KINDS[span.kind ?? 0] ?? 'unspecified',
    name: keptName(span.name ?? '', RUN),
    start: span.startTimeUnixNano ?? '0',
    end: span.endTimeUnixNano ?? '0',
    attributes: attributesOf(span.attributes, kept),
  };
}

function linkOf({ traceId, spanId, flags }: NonNullable<DecodedSpan['links']>[number]): SpanLink[] {
  if (!isId(traceId, 16) || !isId(spanId, 8)) return [];
  return [{ traceId: traceId.toString('hex'), spanId: spanId.toString('hex'), ...(flags ? { flags } : undefined) }];
}

function attributesOf(
  pairs: DecodedPair[] | undefined,
  kept: ReadonlyMap<string, KeptAttribute>,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const { key, value } of pairs ?? []) {
    const plain = plainOf(value);
    const rule = key === undefined ? undefined : kept.get(key);
    if (key !== undefined && rule !== undefined && plain !== undefined) attributes[key] = keptValue(plain, rule, RUN);
  }
  return attributes;
}

function plainOf(value: DecodedValue | undefined): AttributeValue | undefined {
  if (value?.arrayValue === undefined) return simpleValueOf(value);
  return (value.arrayValue.values ?? []).flatMap((item) => {
    const simple = simpleValueOf(item);
    return simple === undefined ? [] : [String(simple)];
  });
}

function simpleValueOf(value: DecodedValue | undefined): string | number | boolean | undefined {
  if (value?.intValue !== undefined) {
    const exact = BigInt(value.intValue);
    return BigInt(Number(exact)) === exact && Number.isSafeInteger(Number(exact)) ? Number(exact) : value.intValue;
  }
  if (value?.doubleValue !== undefined)
    return Number.isFinite(value.doubleValue) ? value.doubleValue : String(value.doubleValue);
  return value?.stringValue ?? value?.boolValue ?? value?.bytesValue?.toString('utf8');
}
