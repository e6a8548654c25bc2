/** Messages that are lost beside others that are well, handed on as they came, or mixed up: that they are found, and whose fault it is. */
import { describe, expect, test } from 'vitest';
import {
  AT7,
  beside,
  billing,
  checkout,
  END,
  fan,
  mixed,
  ORDERS,
  published,
  Q,
  RECEIVE,
  type Row,
  SHOVEL,
  STREAM,
  sent,
  shovel,
  UNTAPPED,
} from './message-scenes.ts';
import { MESSAGING } from './topologies.ts';

const LOST: Row[] = [
  [
    'a bare record, and a good one later',
    () =>
      checkout()
        .wire({ into: 'orders', carries: 'none', at: 18, offset: '6' })
        .wire({ into: 'orders', carries: 'T:send', at: 25 })
        .span({ node: 'billing', id: 'b0', trace: 'B0', kind: 'consumer', marked: true, at: 20 })
        .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer', at: 30 }),
    'checkout',
    'billing',
    /^broken not-injected checkout proved/,
  ],
  [
    'a record of another trace, and a good one later',
    () =>
      checkout()
        .span({ node: 'checkout', id: 'w', trace: 'W', kind: 'producer', attributes: ORDERS, at: 17 })
        .wire({ into: 'orders', carries: 'W:w', at: 18, offset: '6' })
        .wire({ into: 'orders', carries: 'T:send', at: 25 })
        .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer', at: 30 }),
    'checkout',
    'billing',
    /^broken lost-in-process checkout proved/,
  ],
  [
    'the inbound header handed on as it came, and the consumer links',
    () =>
      checkout()
        .wire({ into: 'orders', carries: 'T:probe' })
        .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', links: ['T:probe'] }),
    'checkout',
    'billing',
    /^broken bypassed checkout proved/,
  ],
  [
    'unwatched: two sends, the first arrives as a root that names the probe',
    () =>
      checkout(UNTAPPED)
        .span({ node: 'checkout', id: 'send2', parent: 'c', kind: 'producer', attributes: ORDERS, at: 20 })
        .span({ node: 'billing', id: 'b', parent: 'send2', kind: 'consumer', at: 30 })
        .span({ node: 'billing', id: 'b2', trace: 'X', kind: 'consumer', marked: true, at: 40 }),
    'checkout',
    'billing',
    /^broken/,
  ],
  [
    'the second delivery is a root that names the probe',
    () =>
      published()
        .wire({ into: 'invoices', carries: 'T:pub', at: 45 })
        .span({ node: 'mailer', id: 'm', parent: 'pub', kind: 'consumer', at: 60 })
        .span({ node: 'mailer', id: 'm2', trace: 'M2', kind: 'consumer', at: 90, marked: true }),
    'billing',
    'mailer',
    /^broken/,
  ],
  [
    'the chain ends at a topic: the inbound header handed on as it came',
    () => checkout(END).wire({ into: 'orders', carries: 'T:probe' }),
    'checkout',
    'orders',
    /^broken bypassed checkout/,
  ],
  [
    'a shovel between two watched brokers drops the headers',
    () =>
      shovel()
        .wire({ into: 'two', carries: 'none', at: 40 })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', marked: true, at: 60 }),
    'gate',
    'mailer',
    /^broken stripped/,
  ],
  [
    'a mirror between two watched brokers restarts',
    () =>
      shovel()
        .wire({ into: 'two', carries: 'Z:z', at: 40 })
        .span({ node: 'mailer', id: 'm', trace: 'Z', parent: 'z', kind: 'consumer', marked: true, at: 60 }),
    'gate',
    'mailer',
    /^broken restarted/,
  ],
];

const CULPRITS: Row[] = [
  [
    'the record was right; the consumer hangs it below the record before',
    () =>
      mixed().span({ node: 'billing', id: 'b', trace: 'q', parent: 'sendq', kind: 'consumer', at: 35, marked: true }),
    'checkout',
    'billing',
    /^broken (cross-talk|not-extracted) billing proved/,
  ],
  [
    'the same by coordinates',
    () =>
      mixed().span({
        node: 'billing',
        id: 'b',
        trace: 'q',
        parent: 'sendq',
        kind: 'consumer',
        at: 35,
        attributes: AT7,
      }),
    'checkout',
    'billing',
    /^broken (cross-talk|not-extracted) billing proved/,
  ],
  [
    'the same by a link',
    () =>
      mixed().span({
        node: 'billing',
        id: 'b',
        trace: 'B',
        links: ['q:sendq'],
        kind: 'consumer',
        at: 35,
        marked: true,
      }),
    'checkout',
    'billing',
    /^broken (cross-talk|not-extracted) billing proved/,
  ],
  [
    'below its own span of the record before',
    () => mixed().span({ node: 'billing', id: 'b', trace: 'q', parent: 'bq', kind: 'consumer', at: 35, marked: true }),
    'checkout',
    'billing',
    /^broken (cross-talk|not-extracted) billing proved/,
  ],
  [
    'unwatched: sender or receiver',
    () =>
      beside(checkout(UNTAPPED))
        .span({ node: 'billing', id: 'bq', trace: 'q', parent: 'sendq', kind: 'consumer', at: 30, marked: true, of: Q })
        .span({ node: 'billing', id: 'b', trace: 'q', parent: 'sendq', kind: 'consumer', at: 35, marked: true }),
    'checkout',
    'billing',
    /^broken cross-talk - inferred \[checkout billing\]/,
  ],
  [
    'a stream app in the middle writes with the headers of another record',
    () =>
      beside(checkout(STREAM))
        .wire({ into: 'orders', carries: 'T:send', offset: '1' })
        .wire({ into: 'orders', carries: 'q:sendq', of: Q, offset: '2' })
        .wire({ into: 'invoices', carries: 'q:sendq', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'q', parent: 'sendq', kind: 'consumer', at: 60, marked: true }),
    'checkout',
    'mailer',
    /^broken (cross-talk|restarted) billing proved/,
  ],
  [
    'the header handed on as it came, and the consumer links to it',
    () =>
      billing()
        .wire({ into: 'invoices', carries: 'T:send', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', links: ['T:send'], at: 60 }),
    'billing',
    'mailer',
    /^broken bypassed billing proved/,
  ],
  [
    'the same, unwatched',
    () => billing(UNTAPPED).span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', links: ['T:send'], at: 60 }),
    'billing',
    'mailer',
    /^broken bypassed billing proved/,
  ],
  [
    'fan-in: b copies its caller’s header, the consumer is a child',
    () => fan().span({ node: 'd', id: 'd2', parent: 'gb', kind: 'consumer', at: 50 }),
    'b',
    'd',
    /^broken bypassed b proved/,
  ],
  [
    'an unwatched second broker: it is not proved that mailer was given anything',
    () =>
      shovel(SHOVEL(', tap: false')).span({
        node: 'mailer',
        id: 'm',
        trace: 'M',
        kind: 'consumer',
        marked: true,
        at: 60,
      }),
    'gate',
    'mailer',
    /^broken .* inferred/,
  ],
  [
    'one good record, read twice by a consumer that does not extract',
    () =>
      sent()
        .span({ node: 'billing', id: 'b1', trace: 'B1', kind: 'consumer', marked: true, at: 30 })
        .span({ node: 'billing', id: 'b2', trace: 'B2', kind: 'consumer', marked: true, at: 60 }),
    'checkout',
    'billing',
    /^broken not-extracted billing proved/,
  ],
  [
    'one good record, a receive and a process root',
    () =>
      sent()
        .span({ node: 'billing', id: 'r', trace: 'R', kind: 'client', marked: true, at: 30, attributes: RECEIVE })
        .span({ node: 'billing', id: 'p', trace: 'P', kind: 'consumer', marked: true, at: 60 }),
    'checkout',
    'billing',
    /^broken not-extracted billing proved/,
  ],
  [
    'one bare record, read twice',
    () =>
      checkout()
        .wire({ into: 'orders', carries: 'none' })
        .span({ node: 'billing', id: 'b1', trace: 'B1', kind: 'consumer', marked: true, at: 30 })
        .span({ node: 'billing', id: 'b2', trace: 'B2', kind: 'consumer', marked: true, at: 60 }),
    'checkout',
    'billing',
    /^broken not-injected checkout proved/,
  ],
  [
    'the producer span names the place of a bare record without a marker',
    () =>
      checkout(MESSAGING, AT7)
        .wire({ into: 'orders', carries: 'none', marked: false })
        .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', attributes: AT7, at: 30 }),
    'checkout',
    'billing',
    /^broken not-injected checkout proved/,
  ],
];

describe.each([
  ['lost', LOST],
  ['whose fault', CULPRITS],
] as const)('%s', (_, rows) => {
  test.each(rows)('%s', (_name, met, from, to, says) => {
    expect(met().verdict(from, to)).toMatch(says);
  });
});
