import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ownerOfPort } from '../../src/clients/port-owner.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function listen(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

test.runIf(process.platform === 'linux').each(['127.0.0.1', '0.0.0.0', '::1'])(
  'names the process that listens on %s',
  async (host) => {
    const port = await listen(host);
    expect(await ownerOfPort(port)).toMatch(new RegExp(`^\\S+ \\(pid ${process.pid}\\)$`));
  },
);

test('names nobody where nobody listens', async () => {
  const port = await listen('127.0.0.1');
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await ownerOfPort(port)).toBeUndefined();
});
