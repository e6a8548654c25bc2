/** Asks for many things, a few at a time. */

const AT_ONCE = 4;

/** Stops at the first that fails. */
export async function eachOf<T>(items: readonly T[], visit: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await visit(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
