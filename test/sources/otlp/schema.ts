/** OTLP's messages as protobufjs reads and writes them: the second opinion on our own reader. */
import protobuf from 'protobufjs';

/** Field numbers and types as in opentelemetry-proto 1.11. */
const OTLP = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
    repeated Event events = 11; uint32 dropped_events_count = 12;
    repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped = 5; fixed32 flags = 6;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
`;

/**
 * Only what our reader looks into whatever it keeps: texts are bytes (UTF-8 is not checked), attribute values are
 * closed, and events, status, versions and counts are unknown fields.
 */
const LOOKED_INTO = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { bytes name = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes trace_state = 3; bytes parent_span_id = 4; bytes name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; repeated Link links = 13; fixed32 flags = 16;
  }
  message Link { bytes trace_id = 1; bytes span_id = 2; fixed32 flags = 6; }
  message KeyValue { bytes key = 1; bytes value = 2; }
`;

export const request: protobuf.Type = protobuf.parse(OTLP).root.lookupType('Request');
export const lookedInto: protobuf.Type = protobuf.parse(LOOKED_INTO).root.lookupType('Request');

/** A message as protobufjs hands it over, keys in lowerCamelCase. */
export interface Decoded {
  resourceSpans?: {
    resource?: { attributes?: DecodedPair[] };
    scopeSpans?: { scope?: { name?: string }; spans?: DecodedSpan[] }[];
  }[];
}

export interface DecodedPair {
  key?: string;
  value?: DecodedValue;
}

export interface DecodedValue {
  stringValue?: string;
  boolValue?: boolean;
  /** 64-bit numbers are decimal strings. */
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values?: DecodedValue[] };
  kvlistValue?: { values?: DecodedPair[] };
  bytesValue?: Buffer;
}

export interface DecodedSpan {
  traceId?: Buffer;
  spanId?: Buffer;
  parentSpanId?: Buffer;
  traceState?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: DecodedPair[];
  links?: { traceId?: Buffer; spanId?: Buffer; flags?: number }[];
  flags?: number;
}

export function decodeWith(type: protobuf.Type, body: Buffer): Decoded {
  return type.toObject(type.decode(body), { longs: String, arrays: true });
}
