/** One span that came twice: which two are the same, and what one says that the other left out. */
import type { SpanRecord } from '../model/evidence.ts';

/** Client and server spans may share one id (Zipkin), so kind and resource belong to a span's identity. */
export function isSameSpan(one: SpanRecord, other: SpanRecord): boolean {
  const instance = one.resource[INSTANCE];
  const otherInstance = other.resource[INSTANCE];
  return (
    (one.kind === other.kind || (areOfTwoSources(one, other) && isOneKind(one, other))) &&
    one.service === other.service &&
    (instance === otherInstance ||
      (areOfTwoSources(one, other) && (instance === undefined || otherInstance === undefined)))
  );
}

const INSTANCE = 'service.instance.id';

/** Some stores have no kind for what is internal, and none for what has none. */
function isOneKind(one: SpanRecord, other: SpanRecord): boolean {
  return one.kind === 'unspecified' || other.kind === 'unspecified';
}

function areOfTwoSources(one: SpanRecord, other: SpanRecord): boolean {
  return !other.sources.some((source) => one.sources.includes(source));
}

/** Whether a record says something that the known one lacks: stores leave out flags, links, or the resource. */
export function saysMore(known: SpanRecord, other: SpanRecord): boolean {
  return (
    (known.kind === 'unspecified' && other.kind !== 'unspecified') ||
    OPTIONAL.some((key) => known[key] === undefined && other[key] !== undefined) ||
    other.links.length > known.links.length ||
    (known.mayLackLinks === true && other.mayLackLinks === undefined) ||
    other.tie.some((tie) => !known.tie.some(({ probe }) => probe === tie.probe)) ||
    hasMore(known.resource, other.resource) ||
    hasMore(known.attributes, other.attributes)
  );
}

const OPTIONAL = ['parentSpanId', 'flags', 'traceState', 'scope'] as const;

function hasMore(known: object, other: object): boolean {
  return Object.keys(other).some((name) => !Object.hasOwn(known, name));
}

/** Takes over what the known record lacks; what both say stays as it came first. */
export function complete(known: SpanRecord, other: SpanRecord): void {
  if (known.kind === 'unspecified') known.kind = other.kind;
  for (const key of OPTIONAL) {
    const value = other[key];
    if (known[key] === undefined && value !== undefined) Object.assign(known, { [key]: value });
  }
  if (other.links.length > known.links.length) known.links = other.links;
  if (other.mayLackLinks === undefined) delete known.mayLackLinks;
  known.tie = [...known.tie, ...other.tie.filter((tie) => !known.tie.some(({ probe }) => probe === tie.probe))];
  known.resource = { ...other.resource, ...known.resource };
  known.attributes = { ...other.attributes, ...known.attributes };
}

/** The sources of both. */
export function addSources(known: SpanRecord, { sources }: SpanRecord): void {
  known.sources = [...new Set([...known.sources, ...sources])];
}
