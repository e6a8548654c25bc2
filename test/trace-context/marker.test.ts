import { expect, test } from 'vitest';
import { findMarkers, findMarkersInBytes, withoutSecrets } from '../../src/trace-context/marker.ts';

const RUN = '0a1b2c3d';
const ONE = `${RUN}-1111-4222-a333-444455556666`;
const OTHER = `${RUN}-2222-4222-a333-444455556666`;

test('finds every probe of the run once, in any case, anywhere in a text', () => {
  expect(findMarkers(`x${ONE}&y=${OTHER.toUpperCase()},${ONE}`, RUN)).toEqual([ONE, OTHER]);
});

test('a run id alone, or another run’s probe, is no marker', () => {
  expect(findMarkers(`${RUN}-nothing ffffffff-1111-4222-a333-444455556666`, RUN)).toEqual([]);
});

test('finds markers between bytes that are no text', () => {
  const bytes = Buffer.concat([Buffer.from([0, 255, 0xc3]), Buffer.from(ONE.toUpperCase()), Buffer.from([0x80])]);
  expect(findMarkersInBytes(bytes, RUN)).toEqual([ONE]);
  expect(findMarkersInBytes(Buffer.from('nothing'), RUN)).toEqual([]);
});

test.each([
  ['/orders', '/orders'],
  [`/orders/${ONE}?token=hush`, `/orders/${ONE}`],
  [`/orders?token=hush&ref=${ONE}`, `/orders?${ONE}`],
  [`/orders#hush`, '/orders'],
  ['http://user:hush@shop.example/orders?x=1', 'http://shop.example/orders'],
])('%s is shown as %s', (target, shown) => {
  expect(withoutSecrets(target, RUN)).toBe(shown);
});
