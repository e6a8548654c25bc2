/** Who holds a port of this machine, so that "port taken" can name the process to stop. */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** State `LISTEN` in the kernel's socket tables. */
const LISTEN = '0A';

/**
 * The process that listens on a TCP port of this machine, as `node (pid 4242)`. Undefined where it cannot be told:
 * another user's process, a process outside this container, a system without `/proc`.
 */
export async function ownerOfPort(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of await processIds()) {
    if (await holdsOneOf(pid, sockets)) return `${await nameOf(pid)} (pid ${pid})`;
  }
  return undefined;
}

/** Inodes of the sockets that listen on the port, from a table in the format of proc(5). */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return inode !== undefined && state === LISTEN && local?.endsWith(suffix) ? [inode] : [];
  });
}

async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** A process that ended meanwhile or belongs to another user holds nothing that can be seen. */
async function holdsOneOf(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((each) => readlink(`${folder}/${each}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}

async function nameOf(pid: number): Promise<string> {
  const name = await readOrEmpty(`/proc/${pid}/comm`);
  return name.trim() || 'a process';
}

function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
