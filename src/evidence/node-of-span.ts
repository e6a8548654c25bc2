/** Which declared node emitted a span. */
import type { AttributeValue, SpanRecord } from '../model/evidence.ts';
import type { NodeRecord, TopologyRecord } from '../model/topology.ts';

export type NodeFinder = (span: SpanRecord) => string | undefined;

/** Finds by `service.name`, then by the further attributes that the topology asks for; the most specific node wins. */
export function nodeFinder(topology: TopologyRecord): NodeFinder {
  const byService = new Map<string, { name: string; node: NodeRecord; wanted: number }[]>();
  for (const [name, node] of Object.entries(topology.nodes)) {
    const wanted = Object.keys(node.resource).length + Object.keys(node.span).length;
    for (const service of node.services) {
      byService.set(service, [...(byService.get(service) ?? []), { name, node, wanted }]);
    }
  }
  for (const candidates of byService.values()) candidates.sort((one, other) => other.wanted - one.wanted);
  return (span) =>
    byService
      .get(span.service)
      ?.find(
        ({ node }) =>
          carries(span.resource, topology.resource) &&
          carries(span.resource, node.resource) &&
          carries(span.attributes, node.span),
      )?.name;
}

function carries(attributes: Record<string, AttributeValue>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([key, value]) => String(attributes[key]) === value);
}
