/** What each cause means, in one sentence: the first of its page under docs/causes. */
import type { Cause } from '../model/report.ts';

export const MEANING: Record<Cause, string> = {
  malformed: 'A trace context reached the receiver in bytes that the receiver must refuse.',
  duplicated: 'Two values of one context header reached the receiver, and it could not use them.',
  truncated: "The trace id was cut to 64 bits on the way, so that the receiver's spans stand in another trace.",
  'wrong-format': 'The sender wrote a trace context in a format that the receiver does not read.',
  'not-injected': 'The sender took part in the trace and sent a request, record or message without any trace context.',
  'lost-in-process': 'The sender received the trace context and then called on in another trace.',
  stripped: 'A mediator was given the trace context and passed the request, record or message on without it.',
  restarted: 'Somebody between sender and receiver replaced the trace id by one of his own.',
  'not-extracted': 'The receiver was handed a valid trace context and began a trace of its own.',
  bypassed:
    'The sender handed its inbound context on as it was, so that the receiver hangs beside it instead of below it.',
  'ghost-parent':
    "The receiver's parent is a span that no declared service ever had: a mediator rewrote the parent id and exports nothing.",
  'wrong-parent': "The receiver's parent is a span of another call or message of the sender.",
  'cross-talk': 'A span or message of one request carries the trace context of another.',
  unsampled: 'Somebody cleared the sampled flag of a trace that was sampled, and the spans behind it end.',
  silent: 'A service was provably reached, and no span of it arrived in any trace.',
  'export-lost': "A service's own span is named by others and never arrived; the context itself was passed on.",
  'tracestate-lost': '`traceparent` was passed on and `tracestate`, which belongs to it, was dropped.',
  'baggage-lost': 'The trace goes on, and the `baggage` that travelled with it was dropped.',
  'flag-changed':
    "Somebody changed the sampled flag in a way that the W3C rules don't allow, without ending the trace.",
  nonconforming: 'A service went on from a header that it must refuse, or refused one that it must accept.',
  'undeclared-caller': "The receiver is in the probe's trace, but was called by a service that the path does not name.",
  'trail-lost': 'Behind a broken hop nothing is left that ties events to the probe, so this hop cannot be judged.',
  'nothing-seen': 'Nothing shows that the receiver was reached, and nothing shows that it was not.',
  'source-down':
    'The source that spans come from could not be read, so nothing can be said of the hops that rest on it.',
  'tap-down': 'The tap that this hop needs could not look, so nothing can be said of what crossed the wire.',
  'probe-failed': 'The probe could not be sent, or was refused before anything of the path was seen.',
  'not-reached': 'The sender finished its work without going on to this hop.',
};
