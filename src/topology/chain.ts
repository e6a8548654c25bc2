/** Chains: `edge -> checkout -> orders -> billing & audit`. */

/** A chain, a final `&` written out. */
export interface Chain {
  /** One list of node names for each node that it fans out to; one list where it does not. */
  paths: string[][];
  /** Nodes with `?`, which need not be reached. */
  optional: string[];
}

/** The steps of a chain or hop selector. */
export function stepsOf(text: string): string[] {
  return text.split('->').map((step) => step.trim());
}

/** Reads text that has the form of a chain. */
export function parseChain(text: string): Chain {
  const steps = stepsOf(text);
  const ends = (steps.at(-1) ?? '').split('&').map((end) => end.trim());
  const bare = (step: string): string => step.replace(/\?$/, '');
  return {
    paths: ends.map((end) => [...steps.slice(0, -1), end].map(bare)),
    optional: [...steps.slice(0, -1), ...ends].filter((step) => step.endsWith('?')).map(bare),
  };
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
