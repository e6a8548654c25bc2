import { expect, test } from 'vitest';
import { createCookieJar } from '../../src/clients/http-cookies.ts';

test('cookies go where a browser would send them', async () => {
  const jar = await createCookieJar();
  jar.take('http://shop/login', ['session=a; Path=/; HttpOnly', 'area=b; Path=/admin', 'gone=c; Max-Age=0', 'bad']);
  jar.take('https://shop/login', ['safe=d; Secure; Path=/']);
  jar.take('http://other/x', ['foreign=e; Domain=elsewhere.example']);
  expect(jar.cookiesFor('http://shop:8080/orders')).toContain('session=a');
  expect(jar.cookiesFor('http://shop/orders')).not.toMatch(/area|gone|safe|foreign/);
  expect(jar.cookiesFor('http://shop/admin/x')).toContain('area=b');
  expect(jar.cookiesFor('https://shop/')).toContain('safe=d');
  expect(jar.cookiesFor('http://other/')).toBe('');
});

test('a later value replaces the one before, and another jar has none', async () => {
  const [one, other] = await Promise.all([createCookieJar(), createCookieJar()]);
  one.take('http://127.0.0.1:1/', ['s=1']);
  one.take('http://127.0.0.1:1/', ['s=2']);
  expect([one.cookiesFor('http://127.0.0.1:1/'), other.cookiesFor('http://127.0.0.1:1/')]).toEqual(['s=2', '']);
});
