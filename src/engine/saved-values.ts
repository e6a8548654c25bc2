/** Keeps what was saved of answers out of the evidence: a value may come back in a path or an attribute. */
import type { Gathered } from '../evidence/observe.ts';
import type { AttributeValue } from '../model/evidence.ts';
import type { Session } from './steps.ts';

/** A shorter value stands in too many texts by chance, and gives nothing away. */
const SHORTEST = 4;

const HIDDEN = '…';

/**
 * The same with every saved value taken out of targets, names and attributes.
 * @param runId a value with a marker of the run in it is no secret of anybody, and ties what it stands in to its probe
 */
export function withoutSaved(gathered: Gathered, sessions: readonly Session[], runId: string): Gathered {
  const values = new Set(sessions.flatMap(({ saved }) => [...saved.values()]));
  const hidden = [...values].filter((value) => value.length >= SHORTEST && !value.toLowerCase().includes(runId));
  if (hidden.length === 0) return gathered;
  const forms = hidden.flatMap((value) => [value, encodeURIComponent(value)]).sort((a, b) => b.length - a.length);
  const hide = (text: string): string => forms.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
  const hideIn = (value: AttributeValue): AttributeValue => {
    if (typeof value === 'string') return hide(value);
    return Array.isArray(value) ? value.map(hide) : value;
  };
  return {
    ...gathered,
    spans: gathered.spans.map((span) => ({
      ...span,
      name: hide(span.name),
      attributes: Object.fromEntries(Object.entries(span.attributes).map(([key, value]) => [key, hideIn(value)])),
    })),
    wire: gathered.wire.map((event) => ({ ...event, target: hide(event.target) })),
  };
}
