/** The OTLP receiver that services send their spans to, over HTTP or gRPC or both. */
import type { HttpForward } from '../../clients/http-forward.ts';
import { readServerTls } from '../../clients/tls.ts';
import type { OtlpConfig } from '../../model/reach.ts';
import { sayOnce } from '../say-once.ts';
import { sightKeeper } from '../sight-keeper.ts';
import type { Needles, OpenSource, SourceSink } from '../source.ts';
import { attributeFilter } from './attributes.ts';
import { caughtUp, type Port } from './caught-up.ts';
import { openHttpPort } from './http-port.ts';
import { jsonDecoder } from './json/request.ts';
import { memoryOf } from './memory.ts';
import { protobufDecoder } from './protobuf/request.ts';
import type { Reception } from './reception.ts';
import { sayForwarded } from './say-forwarded.ts';
import { sayNobodyCame } from './say-nobody-came.ts';

const MIB = 2 ** 20;

/** In bytes. One body: what the OTLP specification recommends; all that are being read or decoded together. */
export interface ReceiverLimits {
  body: number;
  memory: number;
}

const LIMITS: ReceiverLimits = { body: 64 * MIB, memory: 512 * MIB };

export interface OtlpReceiver extends OpenSource {
  /** `host:port` that it listens on, for each protocol that was asked for. */
  http?: string;
  grpc?: string;
}

/**
 * Opens the receiver; resolves once it listens.
 * @param config its templates expanded
 * @param declaredAttributes names of attributes that the topology tells its nodes apart by
 * @param clock ms since the epoch
 * @throws InTheWayError where it cannot listen: the port is taken, the address is not of this machine
 * @throws ComplaintError for a TLS file or a url to forward to that cannot be used
 */
export async function openOtlpReceiver(
  config: OtlpConfig,
  needles: Needles,
  declaredAttributes: ReadonlySet<string>,
  sink: SourceSink,
  clock: () => number = Date.now,
  limits: ReceiverLimits = LIMITS,
): Promise<OtlpReceiver> {
  const settings = { source: config.name, needles, filter: attributeFilter(declaredAttributes) };
  const forward = await openForward(config.forward);
  const reception: Reception = {
    decode: { protobuf: protobufDecoder(settings), json: jsonDecoder(settings) },
    largestBody: limits.body,
    lease: memoryOf(limits.memory),
    sink,
    sayOnce: sayOnce(sink),
    keeper: sightKeeper(config.name, clock),
    forward,
    clock,
  };
  const ports = await openPorts(config, limits, reception);
  return {
    ...addressesOf(ports),
    sight: reception.keeper.sight,
    caughtUp: async () => {
      await Promise.all(ports.map(({ port }) => caughtUp(port)));
    },
    close: async () => {
      reception.keeper.closed();
      sayNobodyCame(
        ports.map(({ port }) => port),
        needles,
        sink,
      );
      await closeAll(ports);
      if (forward !== undefined) sayForwarded(await forward.close(), sink);
    },
  };
}

async function openForward(url: string | undefined): Promise<HttpForward | undefined> {
  if (url === undefined) return undefined;
  const { openHttpForward } = await import('../../clients/http-forward.ts');
  return openHttpForward(url);
}

interface NamedPort {
  protocol: 'http' | 'grpc';
  port: Port;
}

/** All of them or none: where one cannot be had, the other is closed again. */
async function openPorts(config: OtlpConfig, limits: ReceiverLimits, reception: Reception): Promise<NamedPort[]> {
  const tls = config.tls === undefined ? undefined : readServerTls(config.tls);
  const ports: NamedPort[] = [];
  try {
    if (config.http !== undefined)
      ports.push({ protocol: 'http', port: await openHttpPort(config.http, tls, reception) });
    if (config.grpc !== undefined) {
      const { openGrpcPort } = await import('./grpc-port.ts');
      ports.push({ protocol: 'grpc', port: await openGrpcPort(config.grpc, tls, reception, limits.memory) });
    }
    return ports;
  } catch (error) {
    await closeAll(ports);
    throw error;
  }
}

function addressesOf(ports: NamedPort[]): Pick<OtlpReceiver, 'http' | 'grpc'> {
  return Object.fromEntries(ports.map(({ protocol, port }) => [protocol, port.address]));
}

async function closeAll(ports: NamedPort[]): Promise<void> {
  await Promise.all(ports.map(({ port }) => port.close()));
}
