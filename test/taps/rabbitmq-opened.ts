/** A tap under test, with what it handed over. */
import type { WireEvent } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import { openRabbitmqTap, type RabbitmqTapConfig } from '../../src/taps/rabbitmq.ts';
import type { OpenTap } from '../../src/taps/tap.ts';
import type { Broker } from '../clients/rabbitmq-broker.ts';

export const RUN_ID = '1f2e3d4c';

const opened: OpenTap[] = [];

/** Closes what a test that failed half-way left open: a tap tries its broker again for ever. */
export async function closeTaps(): Promise<void> {
  await Promise.all(opened.splice(0).map((tap) => tap.close()));
}

export interface OpenedTap {
  tap: OpenTap;
  events: WireEvent[];
  problems: Complaint[];
}

/** Opens the tap of a node `invoices`. */
export async function openTap(
  broker: Broker,
  { url = broker.url, ...config }: Omit<RabbitmqTapConfig, 'connection'> & { url?: string },
): Promise<OpenedTap> {
  const events: WireEvent[] = [];
  const problems: Complaint[] = [];
  const sink = {
    event: (event: WireEvent) => void events.push(event),
    problem: (problem: Complaint) => void problems.push(problem),
  };
  const tap = await openRabbitmqTap({ connection: { url }, ...config }, { node: 'invoices', runId: RUN_ID, sink });
  opened.push(tap);
  return { tap, events, problems };
}
