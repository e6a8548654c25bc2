/** `--trace <flow>=<trace id>`: traces that something else began, for flows that send nothing themselves. */
import { closest } from 'fastest-levenshtein';
import type { EvidenceOptions } from '../model/evidence.ts';
import type { Topology } from '../model/topology.ts';
import { userError } from './user-error.ts';

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/**
 * The traces by flow.
 * @param wanted names of the flows that are judged
 * @throws a user error for a flow that sends for itself, and for one that sends nothing and is given no trace
 */
export function tracesOf(
  { record }: Topology,
  given: readonly string[],
  wanted: readonly string[] = Object.keys(record.flows),
): Pick<EvidenceOptions, 'traces'> {
  const traces: Record<string, string[]> = {};
  for (const text of given) {
    const [flow, traceId] = parse(text);
    const known = record.flows[flow];
    if (known === undefined) {
      throw userError(`--trace: there is no flow "${flow}"; did you mean ${closest(flow, Object.keys(record.flows))}?`);
    }
    if (known.send !== 'none') {
      throw userError(`--trace: ${flow} sends its own probes; only a flow with \`send: none\` is given a trace`);
    }
    if (!wanted.includes(flow)) throw userError(`--trace names ${flow}, and --flow leaves it out`);
    traces[flow] = [...new Set([...(traces[flow] ?? []), traceId])];
  }
  for (const flow of wanted) {
    if (record.flows[flow]?.send !== 'none' || traces[flow] !== undefined) continue;
    throw userError(
      `${flow} sends nothing itself: name the trace to judge with --trace ${flow}=<trace id>, or leave it out with --flow`,
    );
  }
  return Object.keys(traces).length === 0 ? {} : { traces };
}

function parse(text: string): [flow: string, traceId: string] {
  const at = text.lastIndexOf('=');
  const traceId = text.slice(at + 1).toLowerCase();
  if (at < 1 || !TRACE_ID.test(traceId)) {
    throw userError(`--trace takes <flow>=<trace id>, the id in 32 hex digits; got "${text}"`);
  }
  return [text.slice(0, at), traceId];
}
