/** Facts as lines that a person can check: who, what, and the ids that tie it to the probe's trace. */
import type { ContextField } from '../../model/evidence.ts';
import type { Finding, Proof, Report } from '../../model/report.ts';
import { GLUE, type Line, line, type Piece, piece } from './text.ts';

/** How many characters of a header value are shown. */
const LONGEST_VALUE = 160;
const SHORT_ID = 8;

/** What turns ids into words. */
interface Names {
  /** The probe of each trace. */
  probes: ReadonlyMap<string, Report['probes'][number]>;
  /** The node of each span that the proof shows. */
  spans: ReadonlyMap<string, string>;
  /** How many characters of an id are shown. */
  idLength: number;
}

/** One fact: a headline, and what supports it. */
export interface Fact {
  headline: Line;
  details: Line[];
}

/**
 * Every fact of a finding, in the order that convinces.
 * @param idLength how many characters of an id are shown; all of them where there is room
 */
export function factsOf(report: Report, { proof }: Finding, idLength: number = SHORT_ID): Fact[] {
  const names: Names = {
    probes: new Map(report.probes.map((probe) => [probe.traceId, probe])),
    spans: new Map(proof.flatMap((fact) => (fact.kind === 'span' ? [[fact.spanId, fact.node] as const] : []))),
    idLength,
  };
  return proof.map((fact) => factOf(fact, names));
}

function factOf(fact: Proof, names: Names): Fact {
  switch (fact.kind) {
    case 'span':
      return { headline: about(fact.node, `${fact.spanKind} span ${fact.name}`), details: spanDetails(fact, names) };
    case 'wire':
      return {
        headline: about(whereTo(fact.node), withStatus(fact.target, fact.status)),
        details: contextOf(fact.context),
      };
    case 'record':
      return { headline: about(whereTo(fact.node), placeOf(fact)), details: contextOf(fact.context) };
    case 'isolation':
      return {
        headline: about(`straight to ${fact.node}`, withStatus(fact.target, fact.status)),
        details: [line(piece(traceOf(fact, names), 'faint')), line(fact.message)],
      };
    case 'response':
      return { headline: about('response', fact.message), details: [] };
    case 'absence':
      return {
        headline: about(fact.node, fact.message),
        details: fact.sight.map((seen) => line(piece(seen, 'faint'))),
      };
  }
}

function about(subject: string, text: string): Line {
  return line(piece(`${subject}: `, 'strong'), text);
}

/** What the probe itself sent went out of it; everything else was seen where it went in. */
export function whereTo(node: string): string {
  return node === 'probe' ? 'sent by the probe' : `into ${node}`;
}

function withStatus(text: string, status: string | undefined): string {
  if (status === undefined) return text;
  return status === 'acked' ? `${text}, acked` : `${text}, answered ${status}`;
}

/** A trace, and whose it is to the probe that the fact is of. */
function traceOf({ traceId, probe }: { traceId: string; probe: string }, names: Names): string {
  return `trace ${shortened(traceId, names.idLength)} (${whose(names.probes.get(traceId), probe)})`;
}

function whose(owner: Report['probes'][number] | undefined, probe: string): string {
  if (owner === undefined) return "not the probe's";
  const { id, purpose = 'main' } = owner;
  if (purpose !== 'main') return `the ${purpose} probe's`;
  return id === probe ? "the probe's" : "another probe's";
}

function spanDetails(span: Extract<Proof, { kind: 'span' }>, names: Names): Line[] {
  const parent = span.parentSpanId === undefined ? 'no parent' : `parent ${nameOf(span.parentSpanId, names)}`;
  const links = (span.links ?? []).map((link) =>
    line(`linked to span ${nameOf(link.spanId, names)} of trace ${shortened(link.traceId, names.idLength)}`),
  );
  return [line(`${traceOf(span, names)}, span ${shortened(span.spanId, names.idLength)}, ${parent}`), ...links];
}

function nameOf(spanId: string, { spans, idLength }: Names): string {
  const node = spans.get(spanId);
  const id = shortened(spanId, idLength);
  return node === undefined ? id : `${id} (${node}'s)`;
}

function shortened(id: string, length: number): string {
  return id.length > length ? `${id.slice(0, length)}…` : id;
}

function placeOf(record: Extract<Proof, { kind: 'record' }>): string {
  const parts = [
    record.topic === undefined ? 'message' : `record in topic ${record.topic}`,
    record.partition === undefined ? '' : `partition ${record.partition}`,
    record.offset === undefined ? '' : `offset ${record.offset}`,
    record.exchange === undefined ? '' : `exchange ${record.exchange === '' ? '(default)' : record.exchange}`,
    record.routingKey === undefined ? '' : `key ${record.routingKey}`,
    record.messageId === undefined ? '' : `id ${record.messageId}`,
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(' ', GLUE))
    .join(', ');
}

function contextOf(context: readonly ContextField[] | undefined): Line[] {
  if (context === undefined) return [line(piece('its headers could not be looked at', 'faint'))];
  if (context.length === 0) return [line(piece('no context headers', 'broken'))];
  return context.map((field) => line(piece(nameOfField(field), 'faint'), ...textOf(field.value)));
}

function nameOfField({ name, type }: ContextField): string {
  return `${name}${type === undefined ? '' : ' (bytes)'}: `;
}

function textOf(value: string): Piece[] {
  if (value === '') return [piece('(empty)', 'faint')];
  const rest = value.length - LONGEST_VALUE;
  const shown = withVisibleEdges(rest > 0 ? value.slice(0, LONGEST_VALUE) : value);
  return rest > 0 ? [piece(shown), piece(` … ${rest} more characters`, 'faint')] : [piece(shown)];
}

/** A space at either end breaks a header and would not be seen. */
function withVisibleEdges(value: string): string {
  return value.replace(/^ +| +$/g, (spaces) => '\\x20'.repeat(spaces.length));
}
