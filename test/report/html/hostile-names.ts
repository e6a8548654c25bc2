/** A report in which everything that comes from outside tries to be more than text. */
import type { Report } from '../../../src/model/report.ts';
import { shop } from '../sample.ts';

const EVIL = `"><script>owned=1</script></title></style></svg><img src=x onerror="owned=1"><b>'&amp;\u202e\u001b[31m\n`;
const SCRIPT_END = '</script><script>owned=1</script>';

/** Every name, message, header and hint of the shop, with markup in it. */
export function hostileNames(): Report {
  const names = new Map<string, string>();
  const evil = (name: string): string => {
    const known = names.get(name) ?? `${name}${EVIL}${SCRIPT_END}${names.size}`;
    names.set(name, known);
    return known;
  };
  const { topology, hops, ...rest } = shop({
    hops: { 'checkout -> pricing': { verdict: 'broken' }, 'checkout -> orders -> stock': { verdict: 'degraded' } },
    undeclared: [{ service: EVIL, spans: 1, nearest: EVIL }],
    problems: [{ part: 'tap', name: EVIL, flows: [EVIL], message: EVIL, hint: EVIL }],
    conformance: [{ node: EVIL, case: EVIL, section: EVIL, sent: EVIL, asked: EVIL, did: EVIL, outcome: 'differs' }],
  });
  const flow = evil('place-order');
  const chains = Object.values(topology.flows).flatMap((each) => each.chains.map((chain) => chain.map(evil)));
  return {
    ...rest,
    topology: {
      ...topology,
      name: EVIL,
      file: `${EVIL}.yaml`,
      nodes: Object.fromEntries(Object.entries(topology.nodes).map(([name, node]) => [evil(name), node])),
      flows: { [flow]: { chains }, ['__proto__']: { chains: [] } },
    },
    probes: rest.probes.map((probe) => ({ ...probe, flow, status: EVIL })),
    hops: hops.map((hop) => ({
      ...hop,
      id: evil(hop.id),
      flow,
      from: hop.from === 'probe' ? 'probe' : evil(hop.from),
      via: hop.via.map(evil),
      to: evil(hop.to),
      waited: { ms: 10, for: EVIL },
      findings:
        hop.verdict === 'broken'
          ? [
              {
                cause: 'not-injected',
                alternatives: ['stripped'],
                severity: 'broken',
                culprit: null,
                certainty: 'inferred',
                suspects: [evil(hop.from), evil(hop.to)],
                samples: [EVIL],
                count: 1,
                fingerprint: EVIL,
                message: EVIL,
                follows: { what: EVIL, value: EVIL },
                proof: [
                  {
                    kind: 'span',
                    node: EVIL,
                    probe: EVIL,
                    traceId: 'a'.repeat(32),
                    spanId: 'b'.repeat(16),
                    name: EVIL,
                    spanKind: EVIL,
                    start: rest.run.startedAt,
                    end: rest.run.startedAt,
                  },
                  {
                    kind: 'wire',
                    node: EVIL,
                    probe: EVIL,
                    target: EVIL,
                    at: rest.run.startedAt,
                    status: EVIL,
                    context: [{ name: EVIL, value: EVIL }],
                  },
                  {
                    kind: 'isolation',
                    node: EVIL,
                    probe: EVIL,
                    traceId: 'a'.repeat(32),
                    target: EVIL,
                    status: EVIL,
                    message: EVIL,
                  },
                  { kind: 'response', node: EVIL, probe: EVIL, status: EVIL, message: EVIL },
                  { kind: 'absence', node: EVIL, probe: EVIL, message: EVIL, sight: [EVIL] },
                ],
                explain: EVIL,
              },
            ]
          : [],
    })),
  };
}
