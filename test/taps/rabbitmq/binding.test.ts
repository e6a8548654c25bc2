import { expect, test } from 'vitest';
import { neutralBinding } from '../../../src/taps/rabbitmq/binding.ts';

const PLAIN = { type: 'topic', durable: true, autoDelete: false, internal: false };

test.each([
  ['topic', undefined, { key: '#', arguments: {} }],
  ['topic', 'created.#', { key: 'created.#', arguments: {} }],
  ['fanout', undefined, { key: '', arguments: {} }],
  ['direct', 'mail', { key: 'mail', arguments: {} }],
  ['direct', '', { key: '', arguments: {} }],
  ['headers', undefined, { key: '', arguments: { 'x-match': 'all' } }],
])('a %s exchange with binding %s is bound by %o', (type, binding, expected) => {
  expect(neutralBinding('x', { ...PLAIN, type }, binding)).toEqual(expected);
});

test.each([
  [{ alternateExchange: 'unrouted' }, 'k', /alternate exchange "unrouted"/, /tap: false/],
  [{ autoDelete: true }, 'k', /is auto-delete/, /tap: false/],
  [{ type: 'direct' }, undefined, /is direct/, /Declare `binding:`/],
  [{ type: 'x-consistent-hash' }, 'k', /of type x-consistent-hash/, /tap: false/],
  [{ type: 'x-random' }, undefined, /take messages from the others/, /tap: false/],
])('an exchange with %o is left alone', (facts, binding, message, hint) => {
  expect(neutralBinding('x', { ...PLAIN, ...facts }, binding)).toEqual({
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});
