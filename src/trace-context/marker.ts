/**
 * The marker is a probe's id, a lower-case UUID whose first 8 digits are the run's. It travels where the user put
 * `${probe.id}` and in baggage, and ties an event to its probe where the context itself was lost.
 */

const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Every probe id of the run that stands in a text, each once, in order of appearance. Services may upper-case it.
 * @param runId the 8 hex digits that all probe ids of the run begin with
 */
export function findMarkers(text: string, runId: string): string[] {
  const lower = text.toLowerCase();
  const found = new Set<string>();
  for (let at = lower.indexOf(runId); at !== -1; at = lower.indexOf(runId, at + 1)) {
    const candidate = lower.slice(at, at + UUID_LENGTH);
    if (UUID.test(candidate)) found.add(candidate);
  }
  return [...found];
}

/** As {@link findMarkers}, in bytes; those that are not ASCII are passed over. */
export function findMarkersInBytes(bytes: Uint8Array, runId: string): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.indexOf(runId, 0, 'latin1') === -1 && buffer.indexOf(runId.toUpperCase(), 0, 'latin1') === -1) return [];
  return findMarkers(buffer.toString('latin1'), runId);
}

const USERINFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/**
 * A request target without anything that could be a secret: the path stays, userinfo goes, the query is cut down to
 * the markers in it (`/orders?…=<id>` becomes `/orders?<id>`).
 */
export function withoutSecrets(target: string, runId: string): string {
  const bare = target.includes('@') ? target.replace(USERINFO, '$1') : target;
  const queryAt = bare.search(/[?#]/);
  if (queryAt === -1) return bare;
  const markers = findMarkers(bare.slice(queryAt), runId);
  return bare.slice(0, queryAt) + (markers.length > 0 ? `?${markers.join('&')}` : '');
}
