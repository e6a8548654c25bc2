/** What an event by itself says of whose it is: its markers, its context, the connection that it came by. */
import type { IndexedEvent, IndexedSpan } from './span-index.ts';

/**
 * The probes that an event's markers name. Baggage travels with the context, which may be another message's: it counts
 * last, and not at all where several contexts stand side by side.
 */
export function namedBy({ record, reading }: IndexedEvent): string[] {
  const own = record.tie.filter(({ where }) => where !== 'baggage');
  const named = own.length > 0 || reading.state === 'duplicated' ? own : record.tie;
  return named.map(({ probe }) => probe);
}

/**
 * Whether something that an event says, such as its context or its message id, is said by others into the same node as
 * well: then it does not tell whose the event is. A retry, which names the same probe, is no other.
 */
export function isShared(alike: readonly IndexedEvent[], event: IndexedEvent, probe: string): boolean {
  const isNamed = namedBy(event).includes(probe);
  return alike.some(
    (other) =>
      other !== event && other.record.node === event.record.node && !(isNamed && namedBy(other).includes(probe)),
  );
}

/** The events that carry the very same context. */
export function withSameContext(eventsByTrace: Map<string, IndexedEvent[]>, { reading }: IndexedEvent): IndexedEvent[] {
  const [first] = reading.ids;
  const inTrace = first === undefined ? [] : (eventsByTrace.get(first.traceId) ?? []);
  return inTrace.filter((other) => other.reading.ids[0]?.spanId === first?.spanId);
}

/** Clocks of services may be off by seconds. */
const CLOCK_SLACK_NS = 5_000_000_000n;
/** On a connection that served several requests only a clock that agrees with ours tells them apart. */
const KEEP_ALIVE_SLACK_NS = 2_000_000n;

/** Whether a server span is of the request that a tap saw on the span's own connection. */
export function cameBy(eventsByPort: Map<string, IndexedEvent[]>, event: IndexedEvent, span: IndexedSpan): boolean {
  const alone = eventsByPort.get(portKey(event))?.length === 1;
  const slack = alone ? CLOCK_SLACK_NS : KEEP_ALIVE_SLACK_NS;
  const start = BigInt(span.record.start);
  const until = BigInt(event.record.http?.end ?? event.record.at) + slack;
  return start >= BigInt(event.record.at) - slack && start <= until;
}

/** Names the connection of a tap into a node. */
export function portKey({ record }: IndexedEvent): string {
  return `${record.node}:${record.http?.upstreamPort}`;
}
