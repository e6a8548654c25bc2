/** What a person who waits is told on stderr: what is open, what was sent, verdicts as they fall. */
import type { Progress } from '../engine/run.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import type { Terminal } from './terminal.ts';

export function showProgress({ stderr }: Terminal, quiet: boolean): (progress: Progress) => void {
  const told = new Set<string>();
  return (progress) => {
    const line = describe(progress);
    // A hop that was decided may be looked at again, and a case is one of many: only what is new is news.
    if (quiet || told.has(line)) return;
    if (progress.kind === 'decided' || progress.kind === 'sent') told.add(line);
    stderr.write(`${line}\n`);
  };
}

function describeSent({ purpose, flow, index, traceId, about, error }: ProbeRecord): string {
  if (error !== undefined) return `${flow} #${index + 1}: ${error.message}\n  ${error.hint}`;
  if (about === undefined) return `sent ${flow} #${index + 1} (trace ${traceId})`;
  return purpose === 'conformance'
    ? `sending the cases of the W3C specification to ${about.node}`
    : `sent ${purpose} probe to ${about.node}: ${about.why}`;
}

function describe(progress: Progress): string {
  switch (progress.kind) {
    case 'waiting':
      return `waiting for ${progress.names.join(', ')}`;
    case 'open': {
      const taps = progress.taps.length === 0 ? 'no tap' : `taps at ${progress.taps.join(', ')}`;
      return `spans from ${progress.sources.join(', ')}; ${taps}`;
    }
    case 'sent':
      return describeSent(progress.probe);
    case 'decided': {
      const how = progress.decided ? progress.verdict : `${progress.verdict}, at the deadline`;
      return `${progress.hop}: ${how}`;
    }
    case 'problem': {
      const { part, name, message, hint } = progress.problem;
      return `${part} ${name}: ${message}\n  ${hint}`;
    }
  }
}
