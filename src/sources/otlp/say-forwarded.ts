/** Tells what could not be passed on, once, when all is known. */
import type { Forwarded } from '../../clients/http-forward.ts';
import type { SourceSink } from '../source.ts';

/** Says nothing where everything arrived. */
export function sayForwarded({ to, total, lost }: Forwarded, sink: SourceSink): void {
  const count = [...lost.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0) return;
  const reasons = [...lost].map(([reason, times]) => (lost.size === 1 ? reason : `${reason} (${times})`)).join('; ');
  sink.problem(
    {
      message: `${count} of ${total} batches could not be forwarded to ${to}: ${reasons}`,
      hint: 'The audit is not affected; what was in them is missing there. Check that it takes OTLP/HTTP at that address.',
    },
    'forward',
  );
}
