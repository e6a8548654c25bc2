/** Policies for hops: which hops a selector means, and what comes of laying all of them over one another. */
import type { Hop, HopPolicy, NodeKind } from '../model/topology.ts';
import { stepsOf } from './chain.ts';
import type { PolicyFile, WaiverFile } from './file.ts';
import type { BareHop } from './hops.ts';
import type { Path } from './located.ts';
import { nearest, suggestion } from './nearest.ts';
import type { Reading } from './reading.ts';
import { durationMs } from './terms.ts';

/** The longest that absence is waited for unless the file says otherwise, in ms. */
const DEADLINE_MS = 30_000;

/** Over these a consumer may link to what it consumed, or have it as its parent. */
const MESSAGING: ReadonlySet<NodeKind> = new Set(['kafka', 'rabbitmq', 'channel']);

interface Selector {
  steps: string[];
  policy: PolicyFile;
}

function fits(step: string, name: string | undefined): boolean {
  return step === '*' || step === name;
}

/** Whether a selector means a hop: its two ends, or its ends and every mediator between them; `*` is any. */
function selects(steps: readonly string[], { from, via, to }: BareHop): boolean {
  const hop = [from, ...via, to];
  const between = steps.slice(1, -1);
  return (
    fits(steps[0] ?? '', from) &&
    fits(steps.at(-1) ?? '', to) &&
    (between.length === 0 || (steps.length === hop.length && steps.every((step, index) => fits(step, hop[index]))))
  );
}

/** Less particular ones first: those with more `*`, then those that name fewer nodes, so that the nearer wins. */
function byWeight(a: Selector, b: Selector): number {
  const stars = ({ steps }: Selector): number => steps.filter((step) => step === '*').length;
  return stars(b) - stars(a) || a.steps.length - b.steps.length;
}

function selectorsOf(policies: Record<string, PolicyFile> | undefined): Selector[] {
  return Object.entries(policies ?? {})
    .map(([text, policy]) => ({ steps: stepsOf(text), policy }))
    .sort(byWeight);
}

function waiverOf(reading: Reading, { cause, reason, until }: WaiverFile): HopPolicy['waive'][number] {
  return { causes: [cause].flat(), reason: reading.name(reason), ...(until === undefined ? {} : { until }) };
}

/** Finds the kind of a node by its name. */
export type KindOf = (node: string) => NodeKind | undefined;

/** Whether the receiver of a hop reads from a Kafka topic, so that a consumer group of it can be looked at. */
function isOverKafka({ via }: BareHop, kindOf: KindOf): boolean {
  return via.some((name) => kindOf(name) === 'kafka');
}

/** A hop with its policy: what the file says of all hops, then what its flow says; the more particular wins. */
export function withPolicy(reading: Reading, hop: BareHop, kindOf: KindOf): Hop {
  const flow = reading.file.flows[hop.flow];
  const messaging = [...hop.via, hop.to].some((name) => MESSAGING.has(kindOf(name) ?? 'service'));
  const policy: HopPolicy = {
    relation: messaging ? 'either' : 'child',
    restart: 'forbidden',
    deadlineMs: flow?.deadline === undefined ? DEADLINE_MS : durationMs(flow.deadline),
    waive: [],
    carry: { tracestate: 'wanted', baggage: 'wanted' },
  };
  for (const { steps, policy: said } of [...selectorsOf(reading.file.hops), ...selectorsOf(flow?.hops)]) {
    if (!selects(steps, hop)) continue;
    policy.relation = said.relation ?? policy.relation;
    policy.restart = said.restart ?? policy.restart;
    policy.deadlineMs = said.deadline === undefined ? policy.deadlineMs : durationMs(said.deadline);
    policy.carry = { ...policy.carry, ...said.carry };
    if (said.group !== undefined && isOverKafka(hop, kindOf)) policy.group = reading.name(said.group);
    if (said.waive !== undefined) policy.waive.push(waiverOf(reading, said.waive));
  }
  return { ...hop, policy };
}

function hopText({ from, via, to }: BareHop): string {
  return [from, ...via, to].join(' -> ');
}

/** The hop that a selector that means none comes nearest to. */
function nearestHop(steps: readonly string[], hops: readonly BareHop[]): string | undefined {
  const named = steps.filter((step) => step !== '*');
  const holding = hops.filter((hop) => named.every((name) => [hop.from, ...hop.via, hop.to].includes(name)));
  const sameEnd = hops.filter((hop) => hop.to === steps.at(-1));
  const texts = [...new Set((holding.length > 0 ? holding : sameEnd).map(hopText))];
  if (texts.length > 0) return `Hops like it: ${texts.map((text) => `\`${text}\``).join(', ')}.`;
  const meant = nearest(steps.join(' -> '), hops.map(hopText));
  return meant === undefined ? undefined : `Did you mean \`${meant}\`?`;
}

/** What policies are checked against. */
export interface KnownHops {
  hops: readonly BareHop[];
  /** Whether all hops are known; where not, a selector that seems to mean none may mean one of the others. */
  whole: boolean;
  kindOf: KindOf;
}

/** Tells of selectors that mean no hop, and of groups where there is no topic to consume from. */
export function checkPolicies(
  reading: Reading,
  policies: Record<string, PolicyFile> | undefined,
  path: Path,
  { hops, whole, kindOf }: KnownHops,
): void {
  for (const [text, { group }] of Object.entries(policies ?? {})) {
    const steps = stepsOf(text);
    const at = reading.keyAt(...path, text);
    const unknown = steps.filter((step) => step !== '*' && step !== 'probe' && !reading.declares(step));
    for (const name of unknown) {
      reading.error(at, `The hop names \`${name}\`, and no node is called that`, suggestion(name, reading.nodeNames));
    }
    if (unknown.length > 0 || !whole) continue;
    const meant = hops.filter((hop) => selects(steps, hop));
    if (meant.length === 0) {
      reading.error(at, `No flow has a hop \`${steps.join(' -> ')}\``, nearestHop(steps, hops));
    } else if (group !== undefined && !meant.some((hop) => isOverKafka(hop, kindOf))) {
      const hint =
        'It is the Kafka consumer group of the receiver: say it of a hop with a node of kind kafka in between.';
      const message = `\`${steps.join(' -> ')}\` passes no Kafka topic, and has a \`group\``;
      reading.error(reading.keyAt(...path, text, 'group'), message, hint);
    }
  }
}

/** Whether `--hop` means a hop: by its id, or by a selector as the topology file has them. */
export function meansHop(selector: string, hop: Hop): boolean {
  return selector === hop.id || selects(stepsOf(selector), hop);
}
