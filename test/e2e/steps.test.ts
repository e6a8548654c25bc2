/** A login with cookie and CSRF token before each probe, and clean-up after it: real services behind a login. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import { audit, tracegap, verdictsOf } from './cli.ts';
import { PASSWORD, type Portal, startPortal } from './portal.ts';

let portal: Portal;

beforeAll(async () => {
  portal = await startPortal();
  process.env.PORTAL_PW = PASSWORD;
});

afterAll(async () => {
  delete process.env.PORTAL_PW;
  await portal?.stop();
});

const HEALTHY = { 'probe -> portal': 'intact', 'portal -> shelf': 'intact' };

const LOGIN = `    before:
      - http: { method: POST, path: /login, form: { user: audit, password: "\${secret:PORTAL_PW}" }, save: { csrf: { header: x-csrf-token } } }`;

const AFTER = `    after:
      - http: { method: DELETE, path: "/orders/\${saved.order}", headers: { x-csrf-token: "\${saved.csrf}" } }`;

function topologyOf({ before = LOGIN, after = AFTER, more = '', save = '/order/id' } = {}): string {
  return `version: 1
sources: [{ otlp: { http: "127.0.0.1:${portal.receiverPort}" } }]
nodes: { portal: { url: "http://127.0.0.1:${portal.port}" }, shelf: }
flows:
  buy:
${before}
    send:
      http:
        method: POST
        path: /checkout?ref=\${probe.id}
        headers: { x-csrf-token: "\${saved.csrf}" }
        json: { orderId: "\${probe.id}" }
        save: { order: { json: ${save} } }
${after}
    through: portal -> shelf
    deadline: 8s
${more}
`;
}

const write = (text: string): Promise<string> => portal.write('tracegap.yaml', text);

/** The requests that the portal has had since, without their times. */
function since(count: number): string[] {
  return portal
    .lines()
    .slice(count)
    .map((line) => line.replace(/^\d+ /, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>'));
}

test('each probe has a login of its own, carries its cookie and token, and is cleaned up after', async () => {
  const before = portal.lines().length;
  const file = await write(topologyOf({ more: '    repeat: 3\n    concurrency: 2' }));
  const evidenceFile = join(portal.folder, 'evidence.json');
  const { report, status, stdout, stderr, reportText } = await audit(file, ['-e', evidenceFile]);
  expect(verdictsOf(report), stdout + stderr).toEqual(HEALTHY);
  expect(status).toBe(0);
  expect(report.problems).toEqual([]);
  const requests = since(before);
  expect(requests.filter((line) => line === 'POST /login 302 untraced')).toHaveLength(3);
  expect(requests.filter((line) => line === 'POST /checkout?ref=<id> 200 traced')).toHaveLength(3);
  expect(requests.filter((line) => /^DELETE \/orders\/9007199254740993\d 204 untraced$/.test(line))).toHaveLength(3);
  expect(requests).toHaveLength(9);
  const everything = reportText + stdout + stderr + (await readFile(evidenceFile, 'utf8').catch(() => ''));
  for (const secret of [PASSWORD, 'session=', '9007199254740993']) expect(everything).not.toContain(secret);
});

test('a login that is refused: the probe is not sent, its hops are inconclusive, and the step is named', async () => {
  const before = portal.lines().length;
  const wrong = topologyOf({ before: LOGIN.replace('user: audit', 'user: nobody') });
  const { report, status, reportText, stderr } = await audit(await write(wrong));
  expect(verdictsOf(report)).toEqual({
    'probe -> portal': 'inconclusive · probe-failed',
    'portal -> shelf': 'inconclusive · probe-failed',
  });
  expect(status).toBe(3);
  const message = 'the probe was not sent: step 1 of `before` (POST /login to portal) was answered with 403';
  expect(report.hops[0]?.findings[0]?.message).toBe(message);
  expect(stderr).toContain(message);
  expect(since(before)).toEqual(['POST /login 403 untraced']);
  expect(reportText + stderr).not.toContain(PASSWORD);
});

test('a value to be saved that is not there: the same', async () => {
  const before = portal.lines().length;
  const wrong = topologyOf({ before: LOGIN.replace('header: x-csrf-token', 'header: x-xsrf') });
  const { report, status } = await audit(await write(wrong));
  expect(status).toBe(3);
  expect(report.hops[0]?.findings[0]?.message).toContain(
    `the answer to step 1 of \`before\` (POST /login to portal), 302, has no header x-xsrf, and \`\${saved.csrf}\` is to be that`,
  );
  expect(since(before)).toEqual(['POST /login 302 untraced']);
});

test('a clean-up that fails is a problem with a hint, and no verdict', async () => {
  const wrong = topologyOf({ after: AFTER.replace('/orders/', '/baskets/'), save: '/order/ref' });
  const { report, status, stdout } = await audit(await write(wrong));
  expect(verdictsOf(report), stdout).toEqual(HEALTHY);
  expect(status).toBe(0);
  expect(report.problems).toEqual([
    {
      part: 'probe',
      name: 'buy',
      flows: [],
      message: `step 1 of \`after\` (DELETE /baskets/\${saved.order} to portal) was answered with 404`,
      hint: expect.stringContaining('What the probe made may still be there.'),
    },
  ]);
});

test('a clean-up that names the marker of the probe is no evidence against anybody', async () => {
  const named = topologyOf({ after: AFTER.replace(`\${saved.order}`, `\${saved.order}?ref=\${probe.id}`) });
  const { report, status, judged } = await audit(await write(named));
  expect(verdictsOf(report)).toEqual(HEALTHY);
  expect(status).toBe(0);
  expect(JSON.parse(judged.stdout)).toEqual(report);
});

test('what was to be saved for the clean-up and is not there is told', async () => {
  const { report, status } = await audit(await write(topologyOf({ save: '/order/number' })));
  expect(status).toBe(0);
  expect(report.problems[0]?.message).toBe(
    `step 1 of \`after\` (DELETE /orders/\${saved.order} to portal) was not sent: the answer to the probe, 200, has nothing at /order/number, and it needs \`\${saved.order}\``,
  );
});

test('Ctrl-C cleans up too', async () => {
  const before = portal.lines().length;
  // A second hop that is never reached keeps the run waiting.
  const waiting = topologyOf()
    .replace('shelf: }', 'shelf: , vault: }')
    .replace('portal -> shelf', '[portal -> shelf, shelf -> vault]');
  const evidenceFile = join(portal.folder, 'interrupted.json');
  const { status, ms } = await tracegap(['audit', await write(waiting), '-e', evidenceFile], {
    onStderr: (text, kill) => {
      if (text.includes('portal -> shelf: intact')) kill('SIGINT');
    },
  });
  expect(status).toBe(130);
  expect(ms).toBeLessThan(12_000);
  expect(since(before).filter((line) => /^DELETE .* 204/.test(line))).toHaveLength(1);
  const { run } = JSON.parse(await readFile(evidenceFile, 'utf8')) as Evidence;
  expect(run.interrupted).toBe(true);
});

test('no two probes of a flow are closer than its rate', async () => {
  const file = await write(topologyOf({ more: '    repeat: 4\n    concurrency: 4\n    rate: 4/s' }));
  const { status, report } = await audit(file);
  expect(status).toBe(0);
  const times = report.probes.map(({ sentAt }) => Date.parse(sentAt)).sort((a, b) => a - b);
  expect(times).toHaveLength(4);
  for (const [index, time] of times.slice(1).entries()) expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(249);
});

test('the plan shows every step, its secrets and saved values as placeholders', async () => {
  const { status, stdout } = await tracegap(['plan', await write(topologyOf())]);
  expect(status).toBe(0);
  expect(stdout).toContain(`before each probe of buy: to http://127.0.0.1:${portal.port}
  POST /login
  user-agent: tracegap (synthetic trace probe)
  content-type: application/x-www-form-urlencoded

  user=audit&password=\${secret:PORTAL_PW}
  saved as \${saved.csrf}: header x-csrf-token of the answer
`);
  expect(stdout).toContain(`x-csrf-token: \${saved.csrf}`);
  expect(stdout).toContain(`DELETE /orders/\${saved.order}`);
  expect(stdout).not.toContain(PASSWORD);
});

test('a saved value that comes back in a path stays out of the evidence', async () => {
  const named = topologyOf({ after: '' })
    .replace(`path: /checkout?ref=\${probe.id}`, `path: "/home/\${saved.csrf}?ref=\${probe.id}"`)
    .replace('portal -> shelf', 'portal');
  const evidenceFile = join(portal.folder, 'saved.json');
  const { status, stderr } = await tracegap(['audit', await write(named), '-e', evidenceFile]);
  expect(status, stderr).toBe(0);
  const token = /POST \/home\/([0-9a-f]{32})/.exec(portal.lines().join('\n'))?.[1] ?? 'no token';
  const evidence = await readFile(evidenceFile, 'utf8');
  expect(evidence).toContain('/home/');
  expect(evidence + stderr).not.toContain(token);
  expect(token).toHaveLength(32);
});
