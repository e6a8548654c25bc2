/** Where things go and what is watched, as a plan shows it; no credentials. */
import type { ProbeTarget } from '../probes/probe.ts';
import type { TapTarget } from '../taps/tap.ts';

export function describeTap(target: TapTarget): string {
  switch (target.transport) {
    case 'http':
      return `listens on ${target.listen}${target.host === undefined ? '' : ` for host ${target.host}`} and forwards to ${target.to}`;
    case 'kafka':
      return `reads topic ${target.topic} at ${target.connection.brokers.join(', ')}, without a group${describeGroups(target.groups)}`;
    case 'rabbitmq':
      return `binds a private queue to exchange ${target.exchange}${target.binding === undefined ? '' : ` with ${target.binding}`}`;
  }
}

function describeGroups(groups: string[] = []): string {
  if (groups.length === 0) return '';
  return `; looks at the offsets of group${groups.length === 1 ? '' : 's'} ${groups.join(', ')}`;
}

export function describeTarget(target: ProbeTarget): string {
  switch (target.transport) {
    case 'http':
      return withoutUserinfo(target.url) + wayOf(target);
    case 'kafka':
      return `topic ${target.topic} at ${target.connection.brokers.join(', ')}`;
    case 'rabbitmq':
      return `exchange ${target.exchange}`;
  }
}

function wayOf({ dialTo, resolved }: { dialTo?: string; resolved?: string }): string {
  if (dialTo !== undefined) return ` through the tap on ${dialTo}`;
  return resolved === undefined ? '' : `, which resolves to ${resolved}`;
}

/** A URL without its credentials. */
export function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
