/** Whether everything that is sent goes to hosts that the file allows (`allowHosts`), by the name as written. */
import { isAllowedHost } from '../model/hosts.ts';
import type { SendConfig } from '../model/reach.ts';
import type { Path } from './located.ts';
import type { Environment, Reading } from './reading.ts';
import { kindOf } from './sources.ts';
import { expandTemplate, referencesIn } from './template.ts';

/** Stands for a secret; no host has it in its name. */
const SECRET = 'tracegap-secret';

/**
 * The host of a URL or `host:port`; undefined where a file's content keeps it from being known.
 * @param secret what a secret is worth
 */
function hostOf(template: string, env: Environment, secret: (name: string) => string | undefined): string | undefined {
  if (referencesIn(template).some(({ kind }) => kind === 'file')) return undefined;
  const text = expandTemplate(template, ({ kind, name, fallback }) => {
    const value = kind === 'secret' ? secret(name) : env[name];
    return value ?? (fallback === undefined ? '' : undefined);
  });
  if (text.includes('://')) return URL.canParse(text) ? new URL(text).hostname : '';
  return text.slice(0, text.lastIndexOf(':'));
}

interface Check {
  reading: Reading;
  env: Environment;
  allowed: readonly string[];
}

function check({ reading, env, allowed }: Check, template: string, path: Path, refuse: 'error' | 'later'): void {
  const host = hostOf(template, env, (name) => env[name]);
  // What has no host is told of where the url itself is checked.
  if (host === '' || (host !== undefined && isAllowedHost(allowed, host))) return;
  const at = reading.valueAt(...path);
  const hint = `Add it to \`allowHosts\` (now: ${allowed.join(', ') || 'none'}) if it may be sent to.`;
  const shown = hostOf(template, env, () => SECRET)?.includes(SECRET) === true ? 'This host' : `\`${host}\``;
  const message =
    host === undefined
      ? 'Whether `allowHosts` has this host cannot be known: it stands in a file'
      : `${shown} is not among \`allowHosts\`, so nothing may be sent there`;
  if (refuse === 'error') reading.error(at, message, hint);
  else reading.refuse(at, message, hint);
}

/** Nodes that something is sent to, or connected to as a broker. */
function checkNodes(all: Check, sends: readonly SendConfig[]): void {
  const targets = new Set(sends.map(({ to }) => to));
  for (const [name, node] of Object.entries(all.reading.file.nodes)) {
    if (node?.kind === 'kafka') {
      for (const [index, broker] of node.brokers.entries()) {
        check(all, broker, ['nodes', name, 'brokers', index], 'error');
      }
    } else if (node?.kind === 'rabbitmq' || (node !== null && 'url' in node && targets.has(name))) {
      if (node.url !== undefined) check(all, node.url, ['nodes', name, 'url'], 'error');
    }
  }
}

/**
 * Tells of every host that is not allowed. What passes a tap is not sent by us: its senders send it in any case. Neither
 * are forwarded spans, yet they leave for a place that this file names: `validate` takes that, a run does not begin.
 */
export function checkHosts(reading: Reading, env: Environment, sends: readonly SendConfig[]): void {
  const allowed = reading.file.allowHosts?.map(reading.name);
  if (allowed === undefined) return;
  const all = { reading, env, allowed };
  checkNodes(all, sends);
  for (const [index, source] of (reading.file.sources ?? []).entries()) {
    const kind = kindOf(source);
    const given = source[kind] ?? {};
    if ('url' in given) check(all, given.url, ['sources', index, kind, 'url'], 'error');
    if ('forward' in given && given.forward !== undefined) {
      check(all, given.forward, ['sources', index, kind, 'forward'], 'later');
    }
  }
}
