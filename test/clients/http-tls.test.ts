import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTls } from '../../src/clients/tls.ts';
import { complaintOf } from '../../src/model/problem.ts';
import { CA, CLIENT_CERT, CLIENT_KEY, SERVER_KEY } from './http-certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracegap-tls-'));
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  const files = {
    'ca.pem': CA,
    'cert.pem': CLIENT_CERT,
    'key.pem': CLIENT_KEY,
    'other.pem': SERVER_KEY,
    'bad.der': '\0',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  mkdirSync(at('folder'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('nothing set is no TLS; true is TLS with the system as it is', () => {
  expect(readTls(undefined)).toBeUndefined();
  expect(readTls(true)).toEqual({});
});

test('everything set is handed to Node', () => {
  const tls = { caFile: at('ca.pem'), certFile: at('cert.pem'), keyFile: at('key.pem'), serverName: 'cart' };
  expect(readTls({ ...tls, insecureSkipVerify: true })).toEqual({
    ca: Buffer.from(CA),
    cert: Buffer.from(CLIENT_CERT),
    key: Buffer.from(CLIENT_KEY),
    servername: 'cart',
    rejectUnauthorized: false,
  });
  expect(readTls({ insecureSkipVerify: false })).toEqual({});
});

test.each([
  ['a missing file', { caFile: 'none.pem' }, /^cannot read tls\.caFile .*none\.pem: there is no such file$/],
  ['a directory', { certFile: 'folder' }, /^cannot read tls\.certFile .*folder: it is a directory$/],
  ['a file that is no PEM', { keyFile: 'bad.der' }, /^tls\.keyFile .*bad\.der is not a PEM file$/],
  [
    'a key of another certificate',
    { certFile: 'cert.pem', keyFile: 'other.pem' },
    /^the TLS files .*cert\.pem, .*other\.pem cannot be used: .*key values mismatch/,
  ],
])('%s is named', (_name, files, message) => {
  const tls = Object.fromEntries(Object.entries(files).map(([setting, name]) => [setting, at(name)]));
  let complaint: ReturnType<typeof complaintOf>;
  try {
    readTls(tls);
  } catch (error) {
    complaint = complaintOf(error);
  }
  expect(complaint?.message).toMatch(message);
  expect(complaint?.hint).not.toBe('');
});
