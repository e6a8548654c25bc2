/**
 * Ends what takes too long. `AbortSignal.any` over `AbortSignal.timeout` would be shorter, but in Node 20 the timeout of such a
 * pair may be collected before it fires, and what it was to end then never ends.
 */
export interface TimeLimit {
  /** Fires with a `TimeoutError` once the time is over, or with the reason of a signal that it was made of. */
  signal: AbortSignal;
  /** Lets the timer go; to be called however it ended. */
  end(): void;
}

export function timeLimit(ms: number, ...signals: AbortSignal[]): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('it took too long', 'TimeoutError')), ms);
  const pass = (): void => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', pass, { once: true });
  if (signals.some(({ aborted }) => aborted)) pass();
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', pass);
    },
  };
}
