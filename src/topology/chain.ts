/** Chains: `edge -> checkout -> orders -> billing & audit`. */

/** A node of a chain; `optional` where it is written with `?`, and need not be reached. */
export interface Step {
  name: string;
  optional: boolean;
}

/** The steps of a chain or hop selector. */
export function stepsOf(text: string): string[] {
  return text.split('->').map((step) => step.trim());
}

function stepOf(text: string): Step {
  return { name: text.replace(/\?$/, ''), optional: text.endsWith('?') };
}

/** Reads text that has the form of a chain: one path, or one for each node that it fans out to. */
export function parseChain(text: string): Step[][] {
  const steps = stepsOf(text);
  const ends = (steps.at(-1) ?? '').split('&').map((end) => end.trim());
  return ends.map((end) => [...steps.slice(0, -1), end].map(stepOf));
}

/** How nodes are written as a chain. */
export function chainText(names: readonly string[]): string {
  return names.join(' -> ');
}

/** What a chain should have been, for one that has not the form of it. */
export function expectedChain(text: unknown): string {
  if (typeof text === 'string' && /&.*->/s.test(text)) {
    return 'a chain with & in its last step only; what goes on from there is a chain of its own';
  }
  if (typeof text === 'string' && /=>|-->|→|[^-]>/.test(text)) return 'a chain whose steps are joined by ->';
  return 'a chain such as edge -> checkout -> orders -> billing & audit';
}
