/** The receiver with TLS, with and without client certificates, made by openssl for each run. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { grpcClient } from './grpc-rig.ts';
import { CONTENT_TYPES, closeAll, closeLater, ONE_SPAN, openRig } from './receiver-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracegap-receiver-tls-'));
const file = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

/** A private authority. */
function makeAuthority(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', ...key, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', '2');
}

/** A certificate for localhost that the authority signed. */
function makeCertificate(name: string, authority: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  openssl('req', ...key, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', 'names', '-out', `${name}.pem`);
}

beforeAll(() => {
  makeAuthority('ca');
  makeAuthority('other-ca');
  makeCertificate('server', 'ca');
  makeCertificate('client', 'ca');
  makeCertificate('stranger', 'other-ca');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(closeAll);

const SERVER = { certFile: file('server.pem'), keyFile: file('server.key') };
const MUTUAL = { ...SERVER, caFile: file('ca.pem') };

interface Trust {
  ca: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

function trust(client?: string): Trust {
  const ca = readFileSync(file('ca.pem'));
  if (client === undefined) return { ca };
  return { ca, cert: readFileSync(file(`${client}.pem`)), key: readFileSync(file(`${client}.key`)) };
}

function post(address: string, tls: Trust): Promise<number | string> {
  const options: RequestOptions = { method: 'POST', headers: { 'content-type': CONTENT_TYPES.protobuf }, agent: false };
  return new Promise((resolve) => {
    const outgoing = request(`https://${address}/v1/traces`, { ...options, ...tls }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', (error) => resolve(error.message));
    outgoing.end(ONE_SPAN.protobuf);
  });
}

async function openTls(tls: typeof SERVER | typeof MUTUAL) {
  const rig = await openRig({ http: '127.0.0.1:0', grpc: '127.0.0.1:0', tls });
  return { ...rig, grpc: rig.receiver.grpc ?? '' };
}

test('TLS: both protocols, and closing with connections open', async () => {
  const { receiver, grpc, spans, problems } = await openTls(SERVER);
  expect(await post(receiver.address, trust())).toBe(200);
  expect(await grpcClient(grpc, trust()).call(ONE_SPAN.protobuf)).toMatchObject({ status: 'OK' });
  expect([spans.length, problems]).toEqual([2, []]);
  await receiver.caughtUp();
  await receiver.close();
  expect(await post(receiver.address, trust())).toMatch(/ECONNREFUSED/);
});

test('client certificates: who shows one of the authority is heard', async () => {
  const { receiver, grpc, spans, problems } = await openTls(MUTUAL);
  expect(await post(receiver.address, trust('client'))).toBe(200);
  expect(await grpcClient(grpc, trust('client')).call(ONE_SPAN.protobuf)).toMatchObject({ status: 'OK' });
  expect([spans.length, problems]).toEqual([2, []]);
});

test.each([
  ['without a certificate', undefined],
  ['with one of another authority', 'stranger'],
])('client certificates: a client %s is not, and it is said once for each port', async (_, client) => {
  const { receiver, grpc, spans, problems } = await openTls(MUTUAL);
  for (let count = 0; count < 2; count++) expect(await post(receiver.address, trust(client))).not.toBe(200);
  const answer = await grpcClient(grpc, trust(client)).call(ONE_SPAN.protobuf);
  expect(answer.status).toBe('UNAVAILABLE');
  expect(spans).toEqual([]);
  const hint = expect.stringContaining('client certificate that tls.caFile of the source signed');
  await vi.waitFor(() => expect(problems).toMatchObject([{ hint }, { hint }]));
});

test('a client that does not trust the receiver, and one that speaks no TLS: said, with what to set', async () => {
  const { receiver, grpc, send, problems } = await openTls(SERVER);
  const args = ['s_client', '-connect', receiver.address, '-CAfile', 'other-ca.pem', '-verify_return_error'];
  const client = spawn('openssl', args, { cwd: folder, stdio: 'ignore' });
  closeLater(() => client.kill('SIGKILL'));
  await vi.waitFor(() => expect(problems).toMatchObject([{ hint: expect.stringContaining('trusts the authority') }]));
  await send({}).catch(() => {});
  await vi.waitFor(() => expect(problems).toMatchObject([{}, { hint: expect.stringContaining('https://') }]));
  expect(await grpcClient(grpc).call(ONE_SPAN.protobuf)).toMatchObject({ status: 'UNAVAILABLE' });
  await vi.waitFor(() => expect(problems).toMatchObject([{}, {}, { hint: expect.stringContaining('https://') }]));
});

test.each([
  ['missing', { certFile: file('none.pem') }, /tls\.certFile .*none\.pem: there is no such file/],
  ['no PEM', { keyFile: file('names') }, /tls\.keyFile .*names is not a PEM file/],
  ["another certificate's key", { keyFile: file('client.key') }, /server\.pem, .*client\.key cannot be used/],
  ['a missing authority', { caFile: file('none.pem') }, /tls\.caFile .*none\.pem/],
])('a file that is %s is named, and nothing listens', async (_, change, says) => {
  const { receiver } = await openRig();
  await receiver.close();
  const opening = openRig({ http: receiver.address, tls: { ...SERVER, ...change } });
  await expect(opening).rejects.toMatchObject({ complaint: { message: expect.stringMatching(says) } });
  const again = await openRig({ http: receiver.address });
  expect(again.receiver.address).toBe(receiver.address);
});
