/** Reads a copy of one connection for as long as it is HTTP/1.1, and is blind from then on. */
import type { Socket } from 'node:net';
import type { TapContext } from '../tap.ts';
import { createExchanges, type Exchanges } from './exchanges.ts';
import type { Witness } from './forward.ts';
import type { GapList } from './gaps.ts';
import { currentInstant, type Instant } from './instant.ts';

/**
 * The witness of one connection. Nothing that it meets is thrown: whatever cannot be read makes it blind.
 * @param number the connection's, among the tap's
 */
export function watch(upstream: Socket, number: number, { node, runId, sink }: TapContext, gaps: GapList): Witness {
  let exchanges: Exchanges | undefined;
  upstream.once('connect', () => {
    exchanges = createExchanges({
      node,
      runId,
      connection: number,
      upstreamPort: upstream.localPort ?? 0,
      event: (event) => sink.event(event),
    });
  });

  function read(now: Instant, reading: (from: Exchanges) => void): void {
    if (exchanges === undefined) return;
    try {
      reading(exchanges);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const endGap = gaps.open(exchanges.unreadSince() ?? now.ms, reason);
      upstream.once('close', () => endGap(currentInstant().ms));
      exchanges = undefined;
    }
  }
  return {
    data: (chunk, from, now) =>
      read(now, (each) => (from === 'client' ? each.fromClient(chunk, now) : each.fromServer(chunk, now))),
    end: (from, now) => {
      if (from === 'server') read(now, (each) => each.serverEnded(now));
    },
  };
}
