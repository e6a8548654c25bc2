import { expect, test } from 'vitest';
import { readProperties } from '../../src/clients/rabbitmq-properties.ts';

test('properties are read by either spelling, numbers as numbers', () => {
  expect(
    readProperties({ type: 'reminder', 'message-id': 'm', correlationId: 'c', deliveryMode: '2', timestamp: '17' }),
  ).toEqual({ type: 'reminder', messageId: 'm', correlationId: 'c', deliveryMode: 2, timestamp: 17 });
  expect(readProperties({})).toEqual({});
});

test.each([
  [{ colour: 'red' }, /no property "colour"/],
  [{ headers: 'x' }, /no property "headers"/],
  [{ constructor: 'x' }, /no property "constructor"/],
  [{ deliveryMode: 'persistent' }, /deliveryMode must be a whole number from 0 to 2/],
  [{ priority: '256' }, /priority must be a whole number from 0 to 255/],
  [{ timestamp: '' }, /timestamp must be/],
  [{ messageId: 'é'.repeat(128) }, /messageId is 256 bytes long/],
])('%o is refused', (given, message) => {
  expect(() => readProperties(given)).toThrow(message);
});
