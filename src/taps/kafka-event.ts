/** A record of a Kafka topic as evidence. */
import type { KafkaRecord } from '../clients/kafka-records.ts';
import type { MarkerTie, WireEvent } from '../model/evidence.ts';
import { isContextName } from '../trace-context/carrier.ts';
import { findMarkersInBytes } from '../trace-context/marker.ts';
import { BODY_LIMIT, envelopeOf } from './body.ts';
import { canaryOf, isCanary } from './canary.ts';

export interface RecordPlace {
  node: string;
  runId: string;
  topic: string;
  /** How often the partition was created anew while it was watched; its offsets then begin again. */
  generation: number;
}

/** The event of a record; only its context headers are kept. */
export function recordEvent(record: KafkaRecord, place: RecordPlace, seenAt: number): WireEvent {
  const { node, runId, topic, generation } = place;
  const { partition, timestamp, headers, value } = record;
  const offset = String(record.offset);
  const canary = headers.find(([name]) => isCanary(name));
  const id = `${node}:${partition}:${offset}`;
  return {
    id: generation === 0 ? id : `${id}:${generation}`,
    node,
    transport: 'kafka',
    at: `${timestamp < 0 ? seenAt : timestamp}000000`,
    seenAt,
    target: topic,
    context: headers.filter(([name]) => isContextName(name)).map(([name, bytes]) => ({ name, value: textOf(bytes) })),
    tie: tiesOf(record, runId),
    ...canaryOf(canary && textOf(canary[1])),
    ...(value !== null && envelopeOf(value)),
    kafka: { topic, partition, offset },
  };
}

function textOf(bytes: Buffer | null): string {
  return bytes?.toString() ?? '';
}

/** Each marker once a place. */
function tiesOf({ key, headers, value }: KafkaRecord, runId: string): MarkerTie[] {
  const places: [where: string, bytes: Buffer | null][] = [
    ['key', key],
    ...headers.map(([name, bytes]): [string, Buffer | null] => [headerPlace(name), bytes]),
    ['body', value?.subarray(0, BODY_LIMIT) ?? null],
  ];
  const ties = new Map<string, MarkerTie>();
  for (const [where, bytes] of places) {
    const markers = bytes === null ? [] : findMarkersInBytes(bytes, runId);
    for (const probe of markers) ties.set(`${probe} ${where}`, { probe, where });
  }
  return [...ties.values()];
}

function headerPlace(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'baggage' ? 'baggage' : `header:${lower}`;
}
