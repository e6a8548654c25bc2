/** One gRPC call to the receiver and what it is answered. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
import {
  Metadata,
  type Server,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerListener,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { type Gate, gateOf } from './grpc-gate.ts';
import { CODES, DETAILS_KEY, exhausted, invalidArgument, statusSent } from './grpc-status.ts';
import { windowOpener } from './grpc-window.ts';
import { isMalformed } from './malformed.ts';
import { noteRefusal, type OTHER_SIGNALS, passOn, type Reception, takeTraces } from './reception.ts';
import { partialSuccess } from './reply.ts';

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** The other signals, and where they go over OTLP/HTTP. */
const OTHERS: Record<(typeof OTHER_SIGNALS)[number], string> = {
  '/v1/metrics': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  '/v1/logs': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  '/v1development/profiles': '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
};

/** In ms. Exporters give a call up after 10 s; that of JavaScript never sends one again, so waiting beats refusing. */
const PATIENCE = { waiting: 8000, reading: 5000 };

export interface Calls {
  interceptor: ServerInterceptor;
  register(server: Server): void;
  /** The calls that are going on, each a promise of the moment when its spans are handed over. */
  underWay(): Iterable<Promise<void>>;
}

type Unary = ServerUnaryCall<Buffer, Buffer>;
type Answer = sendUnaryData<Buffer>;

/** @param most calls that are read at once */
export function openCalls(reception: Reception, most: number): Calls {
  const underWay = new Set<Promise<void>>();
  const openWindow = windowOpener();
  const gate = gateOf(most, reception.largestBody, reception.lease, PATIENCE);
  return {
    underWay: () => underWay,
    register: (server) => {
      const takeTraces = (call: Unary, answer: Answer): void => answerTraces(call.request, answer, reception);
      server.register(TRACES, takeTraces, asItIs, asItIs, 'unary');
      for (const [path, method] of Object.entries(OTHERS)) {
        const takeOther = (call: Unary, answer: Answer): void => {
          passOn(call.request, path, 'protobuf', reception);
          answer(null, Buffer.alloc(0));
        };
        server.register(method, takeOther, asItIs, asItIs, 'unary');
      }
    },
    interceptor: ({ path }, call) => {
      openWindow(call);
      const { promise, resolve } = deferred();
      underWay.add(promise);
      const end = (): void => {
        underWay.delete(promise);
        resolve();
      };
      return gated(call, path === TRACES, gate, reception, end);
    },
  };
}

/** What this reader takes is bytes; it gives bytes back. */
function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

function answerTraces(body: Buffer, answer: Answer, reception: Reception): void {
  const began = reception.clock();
  try {
    const { rejected, message } = takeTraces(body, 'protobuf', reception);
    answer(null, rejected === 0 && message === '' ? Buffer.alloc(0) : partialSuccess(rejected, message));
  } catch (error) {
    if (!isMalformed(error)) {
      throwOutside(error);
      return;
    }
    const message = `the message is no ExportTraceServiceRequest: ${error.message}`;
    noteRefusal(reception, began, { status: 'INVALID_ARGUMENT', message, isRetried: false });
    answer({ code: CODES.INVALID_ARGUMENT, details: message, metadata: detailed(invalidArgument(message)) });
  }
}

/** The library would swallow a bug of ours. */
function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Lets a call be read when its turn comes, and notes those whose message never arrived here. */
function gated(
  call: ServerInterceptingCallInterface,
  hasTraces: boolean,
  gate: Gate,
  reception: Reception,
  end: () => void,
): ServerInterceptingCall {
  const began = reception.clock();
  let hasMessage = false;
  let isAnswered = false;
  let leave = (): void => {};
  const finish = (): void => {
    isAnswered = true;
    leave();
    end();
  };
  const refuse = (message: string): void => {
    if (hasTraces) noteRefusal(reception, began, { status: 'RESOURCE_EXHAUSTED', message, isRetried: true });
    finish();
    call.sendStatus({
      code: CODES.RESOURCE_EXHAUSTED,
      details: message,
      metadata: detailed(exhausted(message)),
    });
  };
  const listener: ServerListener = {
    onReceiveMetadata: (metadata, proceed) => {
      leave = gate.enter({ admit: () => proceed(metadata), refuse });
    },
    onReceiveMessage: (message, proceed) => {
      hasMessage = true;
      proceed(message);
    },
    onReceiveHalfClose: (proceed) => {
      proceed();
      if (hasMessage) finish();
    },
    onCancel: () => {
      if (!isAnswered) noteLoss(call, hasTraces, began, reception);
      finish();
    },
  };
  return new ServerInterceptingCall(call, { start: (next) => next(listener) });
}

/** What cannot be read the library answers by itself, and does not tell: a status where it did, else the client left. */
function noteLoss(call: object, hasTraces: boolean, began: number, reception: Reception): void {
  const sent = statusSent(call);
  if (sent?.isRetried === false) reception.forward?.lose(`it was refused with ${sent.status}: ${sent.message}`);
  if (!hasTraces) return;
  if (sent !== undefined) noteRefusal(reception, began, sent);
  else reception.keeper.gap(began, reception.clock(), 'a client broke off in the middle of a batch');
}

function detailed(status: Buffer): Metadata {
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, status);
  return metadata;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
