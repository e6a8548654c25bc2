/** A span while it is being read, and its end: a record, or a reason to refuse it. */
import type { AttributeValue, MarkerTie, SpanKind, SpanLink, SpanRecord } from '../../model/evidence.ts';
import { keptName } from './attributes.ts';
import { count, type DecodedBatch, REJECTED } from './batch.ts';

/** What a span's fields said so far. Ids are lower-case hex, '' where absent. */
export interface SpanDraft {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: SpanKind;
  start: string;
  end: string;
  flags: number;
  links: SpanLink[];
  mayLackLinks?: boolean;
  attributes: Record<string, AttributeValue>;
  tie: MarkerTie[];
}

/** What the spans of one scope have in common. */
export interface SpanSurroundings {
  service: string;
  resource: Record<string, AttributeValue>;
  scope: string;
  receivedAt: number;
  source: string;
  runId: string;
}

/** In place of an id that is none. */
export const NO_ID = '-';

const ZERO_TRACE_ID = '0'.repeat(32);
const ZERO_SPAN_ID = '0'.repeat(16);

export function emptyDraft(): SpanDraft {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 'unspecified',
    start: '0',
    end: '0',
    flags: 0,
    links: [],
    attributes: {},
    tie: [],
  };
}

export function isTraceId(id: string): boolean {
  return id.length === 32 && id !== ZERO_TRACE_ID;
}

export function isSpanId(id: string): boolean {
  return id.length === 16 && id !== ZERO_SPAN_ID;
}

/** Adds the span to the batch, or counts why not. */
export function finish(draft: SpanDraft, around: SpanSurroundings, batch: DecodedBatch): void {
  const { parentSpanId } = draft;
  const isRoot = parentSpanId === '' || parentSpanId === ZERO_SPAN_ID;
  if (!isTraceId(draft.traceId)) count(batch.rejected, REJECTED.traceId);
  else if (!isSpanId(draft.spanId)) count(batch.rejected, REJECTED.spanId);
  else if (!isRoot && parentSpanId.length !== 16) count(batch.rejected, REJECTED.parentSpanId);
  else batch.spans.push(recordOf(draft, isRoot, around));
}

/** Assigns what is optional afterwards: spreading it in would cost more than reading the span. */
function recordOf(draft: SpanDraft, isRoot: boolean, around: SpanSurroundings): SpanRecord {
  const span: SpanRecord = {
    traceId: draft.traceId,
    spanId: draft.spanId,
    links: draft.links,
    kind: draft.kind,
    name: keptName(draft.name, around.runId),
    start: draft.start,
    end: draft.end,
    service: around.service,
    resource: around.resource,
    attributes: draft.attributes,
    tie: draft.tie,
    receivedAt: around.receivedAt,
    sources: [around.source],
  };
  if (!isRoot) span.parentSpanId = draft.parentSpanId;
  if (draft.mayLackLinks === true) span.mayLackLinks = true;
  if (draft.flags !== 0) span.flags = draft.flags;
  if (draft.traceState !== '') span.traceState = draft.traceState;
  if (around.scope !== '') span.scope = around.scope;
  return span;
}
