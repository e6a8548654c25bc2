/** Where nodes are, as the senders of a system name them. */
import type { Template } from '../model/reach.ts';
import { expandTemplate, referencesIn } from './template.ts';

const PORTS: Record<string, string> = { 'http:': '80', 'https:': '443', 'amqp:': '5672', 'amqps:': '5671' };

/** Stands for what must not be known here; a host name of this is none. */
const HIDDEN = 'tracegap-hidden';

/** What is known of a URL template; `hidden` where its secrets keep more from being known. */
export type UrlView = { scheme: string; address: string } | 'hidden' | 'no url';

/**
 * A URL with its environment put in and its secrets left out.
 * @param name puts the environment in and leaves all else as written
 */
export function viewUrl(url: Template, name: (template: Template) => string): UrlView {
  const hides = referencesIn(name(url)).length > 0;
  const text = hides ? expandTemplate(name(url), () => HIDDEN) : name(url);
  if (!URL.canParse(text)) return hides ? 'hidden' : 'no url';
  const { protocol, hostname, port } = new URL(text);
  const number = port === '' ? PORTS[protocol] : port;
  if (hostname === '' || number === undefined) return hides ? 'hidden' : 'no url';
  return hostname.includes(HIDDEN) ? 'hidden' : { scheme: protocol.slice(0, -1), address: `${hostname}:${number}` };
}
