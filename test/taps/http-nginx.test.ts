/** A real nginx that reaches its upstream through the tap. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listening, openTapTo, PROBE } from './http-rig.ts';

interface NginxPart {
  findNginx(): string | undefined;
  startNginx(options: {
    config: (folder: string, port: number) => string;
  }): Promise<{ url: string; stop(): Promise<void> }>;
}

const { findNginx, startNginx }: NginxPart = await import(
  new URL('../../fixtures/parts/nginx.mjs', import.meta.url).href
);
const found = findNginx() !== undefined;
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe.runIf(found)(found ? 'behind nginx' : 'behind nginx, which was not found (`npm run setup` gets it)', () => {
  const callers: (number | undefined)[] = [];
  const node = createServer(async (incoming, outgoing) => {
    callers.push(incoming.socket.remotePort);
    outgoing.end(`${(await text(incoming)).length} ${'y'.repeat(50_000)}`);
  });
  let rig: Awaited<ReturnType<typeof openTapTo>>;
  let nginx: Awaited<ReturnType<NginxPart['startNginx']>>;

  beforeAll(async () => {
    rig = await openTapTo(await listening(node), 'pricing');
    nginx = await startNginx({
      config: (_folder, port) => `
        upstream pricing { server ${rig.tap.address}; keepalive 4; }
        server {
          listen 127.0.0.1:${port};
          location /kept/ { proxy_pass http://pricing; proxy_http_version 1.1; proxy_set_header Connection ""; }
          location /old/ { proxy_pass http://${rig.tap.address}; proxy_set_header tracestate ""; }
        }`,
    });
  });
  afterAll(async () => {
    await nginx.stop();
    await rig.tap.close();
    node.close();
  });

  test.each(['kept', 'old'])('every request of /%s/ is seen as the node got it', async (place) => {
    rig.events.clear();
    const asked = [1, 2, 3].map((number) => `/${place}/${number}?ref=${PROBE}`);
    for (const path of asked) {
      const answer = await fetch(nginx.url + path, {
        method: 'POST',
        headers: { traceparent: PARENT, tracestate: 'a=1' },
        body: 'x'.repeat(30_000) + PROBE,
      });
      expect(await answer.text()).toHaveLength(50_006);
    }
    const state = place === 'kept' ? [{ name: 'tracestate', value: 'a=1' }] : [];
    await expect
      .poll(() => [...rig.events.values()].filter(({ http }) => http?.end !== undefined).length)
      .toBe(asked.length);
    expect([...rig.events.values()]).toMatchObject(
      asked.map((path) => ({
        node: 'pricing',
        target: `POST ${path.replace('ref=', '')}`,
        context: [{ name: 'traceparent', value: PARENT }, ...state],
        tie: [
          { probe: PROBE, where: 'target' },
          { probe: PROBE, where: 'body' },
        ],
        http: { status: 200 },
      })),
    );
    expect([...rig.events.values()].map(({ http }) => http?.upstreamPort)).toEqual(callers.slice(-3));
    expect(rig.tap.sight().gaps).toEqual([]);
  });
});
