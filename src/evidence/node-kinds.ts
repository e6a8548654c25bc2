/** What a node is to the context that passes it. */
import type { SpanIndex } from './span-index.ts';

/** Whether a node passes context on without having to emit spans: everything but a service that emits them. */
export function isMediator({ topology }: SpanIndex, node: string): boolean {
  const record = topology.nodes[node];
  return record !== undefined && (record.kind !== 'service' || record.spans === 'none');
}

/** Whether a node gives its readers what it was given. */
export function isBroker({ topology }: SpanIndex, node: string): boolean {
  const kind = topology.nodes[node]?.kind;
  return kind === 'kafka' || kind === 'rabbitmq';
}
