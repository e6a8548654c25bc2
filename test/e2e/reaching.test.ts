/** Bodies, files, allowed hosts, other addresses, a private authority with client certificates, waiting: on real services. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePort } from '../../fixtures/parts/ports.mjs';
import { audit, tracegap, verdictsOf } from './cli.ts';
import { PASSWORD, type Portal, startPortal, startService } from './portal.ts';

/** A variable as it stands in a topology. */
const ref = (name: string): string => `\${${name}}`;

const ID = ref('probe.id');

describe('plain', () => {
  let portal: Portal;

  beforeAll(async () => {
    portal = await startPortal();
  });

  afterAll(() => portal?.stop());

  function topologyOf({ url = `http://127.0.0.1:${portal.port}`, send = '', more = '', nodes = '' } = {}): string {
    return `version: 1
sources: [{ otlp: { http: "127.0.0.1:${portal.receiverPort}" } }]
nodes:
  portal: { url: "${url}" }
${nodes}
flows:
  say:
    send: { http: { method: POST, path: "/echo?ref=${ID}", ${send} } }
    through: portal
    deadline: 6s
${more}`;
  }

  const write = (text: string): Promise<string> => portal.write('tracegap.yaml', text);

  test.each([
    [
      'form',
      `form: { a: "${ref('probe.index')} &=", b: 007 }`,
      'application/x-www-form-urlencoded {"a":"0 &=","b":"007"}',
    ],
    ['text', `text: "n ${ref('probe.number')} ü"`, 'text/plain; charset=utf-8 "n 1 ü"'],
    ['base64', 'base64: "AP8Q/w=="', 'application/octet-stream hex 00ff10ff'],
    ['file', 'file: body.bin', 'application/octet-stream hex 00247b70726f62652e69647d0a'],
    ['file.json', 'file: body.json', `application/json {"kept":"${ref('probe.id')}"}`],
    ['a type of its own', 'text: "[1]", headers: { Content-Type: application/json }', 'application/json [1]'],
  ])('a body: %s', async (_what, send, echoed) => {
    await portal.write('body.bin', Buffer.from(`\0${ID}\n`));
    await portal.write('body.json', JSON.stringify({ kept: ref('probe.id') }));
    const { status, stdout } = await audit(await write(topologyOf({ send })), ['-q']);
    expect(status, stdout).toBe(0);
    expect(
      portal
        .lines()
        .filter((line) => line.startsWith('echo'))
        .at(-1),
    ).toBe(`echo ${echoed}`);
  });

  test('what a file holds is sent without its last newline, and shown nowhere', async () => {
    await portal.write('token', 'hush-hush-42\n');
    const file = await write(topologyOf({ send: `text: "<${ref('file:./token')}>"` }));
    const { status, stdout, stderr, reportText } = await audit(file);
    expect(status).toBe(0);
    expect(
      portal
        .lines()
        .filter((line) => line.startsWith('echo'))
        .at(-1),
    ).toContain('"<hush-hush-42>"');
    const plan = await tracegap(['plan', file]);
    expect(plan.stdout).toContain(`<${ref('file:./token')}>`);
    expect(stdout + stderr + reportText + plan.stdout + plan.stderr).not.toContain('hush-hush-42');
  });

  test.each([
    ['a body', 'file: absent.bin', /^\S+:8:\d+: cannot read `absent\.bin`: there is no such file$/m],
    [
      'a variable',
      `text: "${ref('file:absent.txt')}"`,
      /^\S+:8:\d+: cannot read `absent\.txt`: there is no such file$/m,
    ],
  ])('a file that is missing for %s: exit 2, where it is named, nothing sent', async (_what, send, message) => {
    const before = portal.lines().length;
    const file = await write(topologyOf({ send }));
    const { status, stderr } = await tracegap(['audit', file]);
    expect([status, portal.lines().length]).toEqual([2, before]);
    expect(stderr).toMatch(message);
    const validated = await tracegap(['validate', file]);
    expect([validated.status, validated.stderr]).toEqual([0, expect.stringContaining('warning: cannot read')]);
  });

  test('a host that is not allowed: exit 2, where it is named, nothing sent; one that is, passes', async () => {
    const before = portal.lines().length;
    const refused = await write(topologyOf({ more: 'allowHosts: [localhost, "*.acme.io"]' }));
    const { status, stderr } = await tracegap(['audit', refused]);
    expect([status, portal.lines().length]).toEqual([2, before]);
    expect(stderr).toMatch(/^\S+:4:18: `127\.0\.0\.1` is not among `allowHosts`, so nothing may be sent there$/m);
    const allowed = await audit(await write(topologyOf({ more: 'allowHosts: ["127.0.0.1:80"]' })));
    expect(allowed.status).toBe(0);
  });

  test('a name that does not resolve is reached at the address that stands for it', async () => {
    const url = 'http://portal.acme.invalid';
    const more = `resolve: { "portal.acme.invalid:80": "127.0.0.1:${portal.port}" }\nallowHosts: ["*.acme.invalid"]`;
    const { status, report, stdout } = await audit(await write(topologyOf({ url, more })));
    expect(verdictsOf(report), stdout).toEqual({ 'probe -> portal': 'intact' });
    expect(status).toBe(0);
    const without = await audit(await write(topologyOf({ url })));
    expect(verdictsOf(without.report)).toEqual({ 'probe -> portal': 'inconclusive · probe-failed' });
  });

  test('two taps on one listen are told apart by host, the probe among the senders', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const tap = (host: string): string => `tap: { listen: "${listen}", host: ${host} }`;
    const nodes = `  other: { url: "http://127.0.0.1:1", ${tap('other.local')} }`;
    const text = topologyOf({ nodes }).replace(
      `"http://127.0.0.1:${portal.port}" }`,
      `"http://127.0.0.1:${portal.port}", ${tap('portal.local')} }`,
    );
    const evidenceFile = join(portal.folder, 'taps.json');
    const { status, stderr } = await tracegap(['audit', await write(text), '-e', evidenceFile]);
    expect(status, stderr).toBe(0);
    const { wire } = JSON.parse(await readFile(evidenceFile, 'utf8'));
    expect(wire.map(({ node, target }: { node: string; target: string }) => `${node} ${target.slice(0, 10)}`)).toEqual([
      'portal POST /echo',
    ]);
  });

  test('waits for a service that comes up late', async () => {
    const port: number = await freePort();
    let late: Promise<{ stop(): Promise<void> }> | undefined;
    const text = topologyOf({ url: `http://127.0.0.1:${port}` });
    const { status, stderr } = await tracegap(['audit', await write(text), '--wait', '40s'], {
      onStderr: (said) => {
        if (said.includes('waiting for')) late ??= startService('portal', { PORT: String(port) }, portal.receiverPort);
      },
    });
    await (await late)?.stop();
    expect(stderr).toContain(`waiting for portal (http://127.0.0.1:${port})\n`);
    expect(status, stderr).toBe(0);
  });

  test('who does not come up is named, and nothing is sent', async () => {
    const port: number = await freePort();
    const nodes = '  orders: { kind: kafka, brokers: ["127.0.0.1:1"], topic: orders }';
    const text = topologyOf({ url: `http://127.0.0.1:${port}`, nodes });
    const { status, stderr, stdout, ms } = await tracegap(['audit', await write(text), '--wait', '1s']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`nothing was sent: not all had answered within 1 s
  portal (http://127.0.0.1:${port}): nothing accepts connections at 127.0.0.1:${port} (connection refused)
  orders (topic orders at 127.0.0.1:1): no Kafka broker can be reached at 127.0.0.1:1`);
    expect(stderr).not.toContain('sent say');
    expect(ms).toBeLessThan(10_000);
  });
});

describe('a private authority that wants client certificates', () => {
  let portal: Portal;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tracegap-ca-'));
    const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=acme CA', '-days', '2');
    for (const [name, extension] of [
      ['server', 'subjectAltName=DNS:portal.acme.test'],
      ['client', 'extendedKeyUsage=clientAuth'],
    ] as const) {
      await writeFile(join(folder, `${name}.ext`), extension);
      openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed);
    }
    const at = (name: string): string => join(folder, name);
    portal = await startPortal({ TLS_CERT: at('server.pem'), TLS_KEY: at('server.key'), TLS_CA: at('ca.pem') });
    for (const name of ['ca.pem', 'client.pem', 'client.key']) await portal.write(name, await readFile(at(name)));
  });

  afterAll(async () => {
    await portal?.stop();
    await rm(folder, { recursive: true });
  });

  const CLIENT = 'caFile: ./ca.pem, certFile: client.pem, keyFile: client.key';

  async function run(tls: string, { url = `https://127.0.0.1:${portal.port}`, more = '', tap = '' } = {}) {
    process.env.PORTAL_PW = PASSWORD;
    const text = `version: 1
sources: [{ otlp: { http: "127.0.0.1:${portal.receiverPort}" } }]
nodes:
  portal: { url: "${url}", tls: { ${tls} }${tap} }
  shelf:
flows:
  buy:
    before:
      - http: { path: /login, form: { user: audit, password: "${ref('secret:PORTAL_PW')}" }, save: { csrf: { header: x-csrf-token } } }
    send: { http: { path: /checkout, headers: { x-csrf-token: "${ref('saved.csrf')}" }, json: { orderId: "${ID}" } } }
    through: portal -> shelf
    deadline: 6s
${more}`;
    const evidenceFile = join(portal.folder, 'evidence.json');
    const file = await portal.write('tracegap.yaml', text);
    const outcome = await tracegap(['audit', file, '--format', 'json', '-e', evidenceFile]);
    const report = outcome.stdout === '' ? undefined : JSON.parse(outcome.stdout);
    return { ...outcome, report, evidence: JSON.parse(await readFile(evidenceFile, 'utf8').catch(() => '{}')) };
  }

  const INTACT = { 'probe -> portal': 'intact', 'portal -> shelf': 'intact' };

  test('steps and probe go there, files counted from the topology, the name as the certificate has it', async () => {
    const { report, status, stderr } = await run(`${CLIENT}, serverName: portal.acme.test`);
    expect(verdictsOf(report), stderr).toEqual(INTACT);
    expect(status).toBe(0);
  });

  test('by its own name, which leads elsewhere: the certificate is checked against the name', async () => {
    const more = `resolve: { "portal.acme.test:443": "127.0.0.1:${portal.port}" }`;
    const { report, stderr } = await run(CLIENT, { url: 'https://portal.acme.test', more });
    expect(verdictsOf(report), stderr).toEqual(INTACT);
  });

  test('a tap in front of it speaks TLS to it, and reads what comes plain', async () => {
    const tap = `, tap: { listen: "127.0.0.1:${await freePort()}" }`;
    const { report, evidence, stderr } = await run(`${CLIENT}, serverName: portal.acme.test`, { tap });
    expect(verdictsOf(report), stderr).toEqual(INTACT);
    expect(evidence.wire.map(({ node, target }: { node: string; target: string }) => `${node} ${target}`)).toEqual([
      'portal POST /checkout',
    ]);
  });

  test('without a client certificate, or with another name, nothing is sent, and it is said why', async () => {
    const bare = await run('caFile: ./ca.pem, serverName: portal.acme.test');
    expect(bare.report.hops[0].findings[0].cause).toBe('probe-failed');
    expect(bare.stderr).toContain('tls.certFile and tls.keyFile');
    const other = await run(CLIENT);
    expect(other.report.hops[0].findings[0].message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('a certificate file that is missing: exit 2, where it is named', async () => {
    const { status, stderr } = await run('caFile: ./other-ca.pem');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /:4:\d+: cannot read `\.\/other-ca\.pem`: there is no such file\n {2}A relative path counts/,
    );
  });
});
