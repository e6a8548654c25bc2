/** Messages that look lost, mixed up or handed on as they came, and are not, or cannot be told. */
import { describe, expect, test } from 'vitest';
import {
  AT7,
  BOTH,
  BUS,
  billing,
  blind,
  CHANNEL,
  checkout,
  END,
  gated,
  MIRROR,
  ONBUS,
  OR,
  ORDERS,
  published,
  RECEIVE,
  RETRY,
  type Row,
  rest,
  SEND,
  STREAM,
  sent,
  shovel,
  streamed,
  unwatched,
  withPolicy,
  zipkin,
} from './message-scenes.ts';
import { scene } from './scene.ts';

const SOUND: Row[] = [
  [
    'relation child: the receive span links, as it must, beside the process span that is a child',
    () =>
      sent(withPolicy('"checkout -> billing": { relation: child }'))
        .span({
          node: 'billing',
          id: 'poll',
          trace: 'R',
          kind: 'client',
          links: ['T:send'],
          attributes: RECEIVE,
          at: 25,
        })
        .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer', at: 30 }),
    'checkout',
    'billing',
    /^intact$/,
  ],
  [
    'every consumer of a bus reads all of it',
    () =>
      scene(BUS)
        .span({ node: 'gate', id: 'g', parent: 'probe' })
        .span({ node: 'gate', id: 'gs', parent: 'g', kind: 'producer', attributes: ONBUS })
        .wire({ into: 'bus', carries: 'T:gs', offset: '1' })
        .span({ node: 'b', id: 'b', parent: 'gs', kind: 'consumer', at: 30 })
        .span({ node: 'b', id: 'bs', parent: 'b', kind: 'producer', attributes: ONBUS, at: 35 })
        .wire({ into: 'bus', carries: 'T:bs', offset: '2', at: 36 })
        .span({ node: 'd', id: 'd0', parent: 'gs', kind: 'consumer', at: 40 })
        .span({ node: 'd', id: 'd', parent: 'bs', kind: 'consumer', at: 50 }),
    'b',
    'd',
    /^(intact|inconclusive)/,
  ],
  [
    'both read one topic, and the spans are of kind internal',
    () =>
      published(BOTH)
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .span({ node: 'stock', id: 's1', parent: 'send', kind: 'internal', at: 32 })
        .span({ node: 'stock', id: 's2', parent: 'pub', kind: 'internal', at: 50 }),
    'billing',
    'stock',
    /^intact$/,
  ],
  [
    'what links to another hop’s sender is that hop’s: the message is not consumed yet',
    () =>
      published(BOTH)
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .span({ node: 'stock', id: 's1', trace: 'S', links: ['T:send'], kind: 'consumer', at: 32 }),
    'billing',
    'stock',
    /^inconclusive nothing-seen/,
  ],
  [
    'the same, unwatched',
    () =>
      published(unwatched(BOTH)).span({
        node: 'stock',
        id: 's1',
        trace: 'S',
        links: ['T:send'],
        kind: 'consumer',
        at: 32,
      }),
    'billing',
    'stock',
    /^inconclusive/,
  ],
  [
    'a consumer links to a span of a mediator that went on',
    () =>
      streamed()
        .wire({ into: 'orders', carries: 'T:send' })
        .wire({ into: 'invoices', carries: 'T:p', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'M', links: ['T:p'], kind: 'consumer', at: 60 }),
    'checkout',
    'mailer',
    /^linked$/,
  ],
  [
    'the same, unwatched',
    () =>
      streamed(unwatched(STREAM)).span({
        node: 'mailer',
        id: 'm',
        trace: 'M',
        links: ['T:p'],
        kind: 'consumer',
        at: 60,
      }),
    'checkout',
    'mailer',
    /^linked$/,
  ],
  [
    'behind a REST proxy',
    () => rest().span({ node: 'billing', id: 'b', trace: 'B', links: ['T:rs'], kind: 'consumer', at: 40 }),
    'gate',
    'billing',
    /^linked$/,
  ],
  [
    'a REST proxy of a broker with spans of its own, and the consumer is a child',
    () => rest().span({ node: 'billing', id: 'b', parent: 'rs', kind: 'consumer', at: 40 }),
    'gate',
    'billing',
    /^intact$/,
  ],
  [
    'a creation context kept on purpose: the send span links to it',
    () =>
      billing()
        .span({ node: 'billing', id: 'pub', parent: 'b', kind: 'client', links: ['T:send'], attributes: SEND, at: 40 })
        .wire({ into: 'invoices', carries: 'T:send', at: 50 })
        .span({ node: 'mailer', id: 'm', parent: 'send', kind: 'consumer', at: 60 }),
    'billing',
    'mailer',
    /^(intact|linked)/,
  ],
  [
    'creation context as parent, and a link to the send span',
    () =>
      billing()
        .span({ node: 'billing', id: 'pub', parent: 'b', kind: 'client', attributes: SEND, at: 40 })
        .wire({ into: 'invoices', carries: 'T:send', at: 50 })
        .span({ node: 'mailer', id: 'm', parent: 'send', links: ['T:pub'], kind: 'consumer', at: 60 }),
    'billing',
    'mailer',
    /^(intact|linked)/,
  ],
  [
    'a format without links: a consumer behind a channel',
    () =>
      zipkin(
        checkout(CHANNEL, { 'messaging.system': 'aws_sqs' }).span({
          node: 'billing',
          id: 'b',
          trace: 'B',
          kind: 'consumer',
          marked: true,
        }),
        'b',
      ),
    'checkout',
    'billing',
    /^inconclusive source-down/,
  ],
  [
    'two clusters with one topic name: the offset is another record’s',
    () =>
      gated(MIRROR)
        .wire({ into: 'east', carries: 'T:gs', offset: '7' })
        .wire({ into: 'west', carries: 'T:gs', offset: '9', at: 40 })
        .span({
          node: 'billing',
          id: 'x',
          trace: 'X',
          kind: 'consumer',
          at: 45,
          attributes: { ...AT7, 'messaging.destination.name': 'orders' },
        }),
    'gate',
    'billing',
    /^inconclusive nothing-seen/,
  ],
  [
    'one of two sources is blind: nobody is silent',
    () =>
      blind(
        sent(withPolicy('"checkout -> billing": { group: bill }')).sight({
          part: 'tap',
          name: 'orders',
          groups: { bill: { '0': '8' } },
        }),
      ),
    'checkout',
    'billing',
    /^inconclusive source-down/,
  ],
  [
    'a receiver that refused a batch for good: nobody is silent',
    () =>
      sent(withPolicy('"checkout -> billing": { group: bill }'))
        .sight({ part: 'tap', name: 'orders', groups: { bill: { '0': '8' } } })
        .sight({
          part: 'source',
          name: 'otlp',
          gaps: [{ from: 20, until: 30, reason: 'a batch was refused', lost: true }],
        }),
    'checkout',
    'billing',
    /^inconclusive source-down/,
  ],
  [
    'a receiver that refused a batch that came again: the consumer is silent',
    () =>
      sent(withPolicy('"checkout -> billing": { group: bill }'))
        .sight({ part: 'tap', name: 'orders', groups: { bill: { '0': '8' } } })
        .sight({ part: 'source', name: 'otlp', gaps: [{ from: 20, until: 30, reason: 'a batch was refused' }] }),
    'checkout',
    'billing',
    /^broken silent billing proved/,
  ],
  [
    'a stranger’s bare record, read in the middle of the request',
    () =>
      published()
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .wire({ into: 'orders', carries: 'none', marked: false, offset: '3', at: 12 })
        .span({
          node: 'billing',
          id: 'peek',
          parent: 'b',
          kind: 'consumer',
          at: 35,
          attributes: { ...ORDERS, 'messaging.destination.partition.id': '0', 'messaging.kafka.offset': '3' },
        }),
    'checkout',
    'billing',
    /^intact$/,
  ],
  [
    'a retry topic of the service itself',
    () =>
      gated(RETRY)
        .wire({ into: 'orders', carries: 'T:gs' })
        .span({ node: 'billing', id: 'b', parent: 'gs', kind: 'consumer', at: 30 })
        .span({
          node: 'billing',
          id: 'rs',
          parent: 'b',
          kind: 'producer',
          attributes: { ...OR, 'messaging.destination.name': 'retry' },
          at: 40,
        })
        .wire({ into: 'retry', carries: 'T:rs', at: 41 })
        .span({ node: 'billing', id: 'b2', parent: 'rs', kind: 'consumer', at: 60, flags: 0x301 }),
    'billing',
    'billing',
    /^intact$/,
  ],
  [
    'a receive span that names the probe, beside the span that processes the message',
    () =>
      published()
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .span({ node: 'mailer', id: 'm', parent: 'pub', kind: 'consumer', at: 60 })
        .span({ node: 'mailer', id: 'r', trace: 'R', kind: 'consumer', at: 50, marked: true, attributes: RECEIVE }),
    'billing',
    'mailer',
    /^intact$/,
  ],
  [
    'inner work of the consumer in a trace of its own that names the probe',
    () =>
      published()
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .span({ node: 'mailer', id: 'm', parent: 'pub', kind: 'consumer', at: 60 })
        .span({ node: 'mailer', id: 'job', trace: 'J', kind: 'internal', at: 70, marked: true }),
    'billing',
    'mailer',
    /^intact$/,
  ],
  [
    'a shovel that hands the headers on',
    () =>
      shovel()
        .wire({ into: 'two', carries: 'T:gs', at: 40 })
        .span({ node: 'mailer', id: 'm', parent: 'gs', kind: 'consumer', at: 60 }),
    'gate',
    'mailer',
    /^intact$/,
  ],
  [
    'the chain ends at a topic that got the sender’s own context',
    () => checkout(END).wire({ into: 'orders', carries: 'T:send' }),
    'checkout',
    'orders',
    /^intact$/,
  ],
];

describe.each([['sound', SOUND]] as const)('%s', (_, rows) => {
  test.each(rows)('%s', (_name, met, from, to, says) => {
    expect(met().verdict(from, to)).toMatch(says);
  });
});
