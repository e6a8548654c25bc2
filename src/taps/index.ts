/** The list of taps; each is loaded only when a run needs it. */
import type { OpenTap, TapContext, TapTarget } from './tap.ts';

/** @throws an `in-the-way` error where a port of this machine is taken */
export async function openTap(target: TapTarget, context: TapContext): Promise<OpenTap> {
  switch (target.transport) {
    case 'http':
      return (await import('./http.ts')).openHttpTap(target, context);
    case 'kafka':
      return (await import('./kafka.ts')).openKafkaTap(target, context);
    case 'rabbitmq':
      return (await import('./rabbitmq.ts')).openRabbitmqTap(target, context);
  }
}
