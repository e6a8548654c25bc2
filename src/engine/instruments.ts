/** The probes, sources and taps that the engine is handed; it knows their contracts, never which there are. */
import type { Complaint } from '../model/problem.ts';
import type { SourceConfig } from '../model/reach.ts';
import type { CookieJar, ProbeSender, ProbeTarget } from '../probes/probe.ts';
import type { Needles, OpenSource, SourceSink } from '../sources/source.ts';
import type { OpenTap, TapContext, TapTarget } from '../taps/tap.ts';

export interface Instruments {
  /** @throws a complaint where the target cannot be reached */
  openProbe(target: ProbeTarget): Promise<ProbeSender>;
  newCookieJar(): Promise<CookieJar>;
  /** Connects and sends nothing. @returns why nobody answered */
  answersAt(target: ProbeTarget, signal: AbortSignal): Promise<Complaint | undefined>;
  /** @throws an `in-the-way` error where a port of this machine is taken */
  openTap(target: TapTarget, context: TapContext): Promise<OpenTap>;
  /** @throws an `in-the-way` error where a port of this machine is taken */
  openSource(
    config: SourceConfig,
    needles: Needles,
    declaredAttributes: ReadonlySet<string>,
    sink: SourceSink,
    /** Ends what is done before it is open. */
    signal: AbortSignal,
  ): Promise<OpenSource>;
  /** Milliseconds and nanoseconds since the epoch. */
  clock: { ms(): number; ns(): string };
  /** Lower-case hex digits from a good source of randomness, not all zero. */
  randomHex(digits: number): string;
}
