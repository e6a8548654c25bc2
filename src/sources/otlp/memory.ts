/** How many bytes of bodies may be in memory at once. */

/** What one request holds of it. */
export interface Lease {
  /** Whether so many bytes more would fit. */
  hasRoomFor(bytes: number): boolean;
  /** Takes them; false if there are too many now. */
  take(bytes: number): boolean;
  /** Gives back all that was taken. */
  end(): void;
}

/** @param most bytes that all leases together may take */
export function memoryOf(most: number): () => Lease {
  let used = 0;
  return () => {
    let held = 0;
    return {
      hasRoomFor: (bytes) => used + bytes <= most,
      take: (bytes) => {
        used += bytes;
        held += bytes;
        return used <= most;
      },
      end: () => {
        used -= held;
        held = 0;
      },
    };
  };
}
