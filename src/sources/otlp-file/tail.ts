/** Reads a file while it grows, is truncated, or is replaced by another of the same name. */
import { watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const CHUNK_BYTES = 2 ** 20;
/** Where the file system tells nothing (mounts from elsewhere), looking is all there is. */
const LOOK_EVERY_MS = 250;
const NEWLINE = 0x0a;

export interface TailEvents {
  /** The next bytes; they hold good only until it returns. */
  onBytes(bytes: Buffer): void;
  /** All that is there has been read. */
  onEnd(): void;
  /** The file begins anew: what follows is from its start. */
  onRestart(): void;
  /** It was too large to be read from its start, and is followed from its end; mid-line or not. */
  onSkipped(bytes: number, isMidLine: boolean): void;
  /** It cannot be opened or read. */
  onError(error: NodeJS.ErrnoException): void;
}

export interface Tail {
  /** Reads what is there now. */
  read(): Promise<void>;
  close(): Promise<void>;
}

interface OpenFile {
  handle: FileHandle;
  /** Tells a file from another that took its name. */
  identity: string;
  position: number;
}

/**
 * Follows the file until it is closed. It need not be there yet.
 * @param most bytes that are read of what the file held when the following began
 */
export function followFile(path: string, most: number, events: TailEvents): Tail {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let file: OpenFile | undefined;
  let isFirst = true;
  let isClosed = false;

  /** What the system did not say is a bug, and none of the file's. */
  function tell(error: NodeJS.ErrnoException): void {
    if (error.code === undefined) throw error;
    events.onError(error);
  }

  async function openFile(): Promise<OpenFile | undefined> {
    const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') events.onError(error);
      return undefined;
    });
    if (handle === undefined) return undefined;
    const { size, dev, ino } = await handle.stat();
    const opened = { handle, identity: `${dev}:${ino}`, position: 0 };
    if (isFirst && size > most) {
      await handle.read(buffer, 0, 1, size - 1);
      opened.position = size;
      events.onSkipped(size, buffer[0] !== NEWLINE);
    }
    return opened;
  }

  async function readToEnd(opened: OpenFile): Promise<void> {
    const { size } = await opened.handle.stat();
    if (size < opened.position) {
      opened.position = 0;
      events.onRestart();
    }
    while (!isClosed) {
      const { bytesRead } = await opened.handle.read(buffer, 0, buffer.length, opened.position);
      if (bytesRead === 0) return;
      opened.position += bytesRead;
      events.onBytes(buffer.subarray(0, bytesRead));
    }
  }

  async function readAll(): Promise<void> {
    while (!isClosed) {
      file ??= await openFile();
      isFirst = false;
      if (file === undefined) return;
      // Looked at before reading: what the old file still got until then is read before it is let go.
      const isReplaced = await hasOtherIdentity(path, file.identity);
      // One that is replaced is let go even where it cannot be read.
      await readToEnd(file).catch((error: NodeJS.ErrnoException) => {
        if (!isReplaced) throw error;
        tell(error);
      });
      if (!isClosed) events.onEnd();
      if (!isReplaced) return;
      await file.handle.close();
      file = undefined;
      events.onRestart();
    }
  }

  const read = coalesced(async () => {
    await readAll().catch(tell);
  });
  const stopWatching = onChange(path, read);
  return {
    read,
    close: async () => {
      isClosed = true;
      stopWatching();
      await read();
      await file?.handle.close();
    },
  };
}

async function hasOtherIdentity(path: string, identity: string): Promise<boolean> {
  const now = await stat(path).catch(() => undefined);
  return now !== undefined && `${now.dev}:${now.ino}` !== identity;
}

/** Lets one run at a time; calls made while it runs share the next. Each call resolves after a run that began later. */
function coalesced(run: () => Promise<void>): () => Promise<void> {
  let current = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= current.then(() => {
      next = undefined;
      current = run();
      return current;
    });
    return next;
  };
}

/** Watches the folder, which tells of the file's making as well. Gives what ends it. */
function onChange(path: string, read: () => Promise<void>): () => void {
  const interval = setInterval(read, LOOK_EVERY_MS).unref();
  const watcher = watchFolder(path, read);
  return () => {
    clearInterval(interval);
    watcher?.close();
  };
}

function watchFolder(path: string, read: () => Promise<void>): { close(): void } | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) void read();
    });
    // From here on the interval has to do.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // No such folder yet, or no watches left: the interval has to do.
    return undefined;
  }
}
