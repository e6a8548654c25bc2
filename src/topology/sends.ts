/** What flows send, and whether the node that they send it to takes it. */
import type { SendConfig, Template } from '../model/reach.ts';
import type { NodeKind, Position } from '../model/topology.ts';
import { isContextName } from '../trace-context/carrier.ts';
import type { BodyFile, HttpFile, NodeFile, Scalars, TransportFile } from './file.ts';
import { jsonTemplateOf } from './json-body.ts';
import type { Path } from './located.ts';
import { suggestion } from './nearest.ts';
import type { Reading } from './reading.ts';
import { referencesIn, referencesInJson } from './template.ts';

type Transport = SendConfig['transport'];

const TAKEN_BY: Record<Transport, readonly NodeKind[]> = {
  http: ['service', 'proxy', 'external'],
  kafka: ['kafka'],
  rabbitmq: ['rabbitmq'],
};

/** Over what a node is sent to. */
export function transportInto(kind: NodeKind = 'service'): Transport {
  return (Object.keys(TAKEN_BY) as Transport[]).find((transport) => TAKEN_BY[transport].includes(kind)) ?? 'http';
}

/** Over what something is sent; the shape has exactly one of them. */
export function transportOf(file: TransportFile): Transport {
  if (file.kafka !== undefined) return 'kafka';
  return file.rabbitmq === undefined ? 'http' : 'rabbitmq';
}

/** Names and the text that is sent for each, in the order written. */
export function pairsOf(reading: Reading, scalars: Scalars | undefined, path: Path): [string, Template][] {
  return Object.keys(scalars ?? {}).map((name) => [name, reading.text(...path, name)]);
}

function hasBody(body: BodyFile): boolean {
  return ['json', 'form', 'text', 'base64', 'file'].some((key) => Object.hasOwn(body, key));
}

const BASE64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2,3}={0,2})?$/;

type Body = Pick<SendConfig, 'json' | 'form' | 'text' | 'base64' | 'file'>;

function bodyOf(reading: Reading, body: BodyFile, path: Path): Body {
  if ('json' in body) {
    const node = reading.find(...path, 'json');
    return node === undefined ? {} : { json: jsonTemplateOf(reading, node) };
  }
  if (body.form !== undefined) return { form: pairsOf(reading, body.form, [...path, 'form']) };
  if (body.text !== undefined) return { text: reading.text(...path, 'text') };
  if (body.file !== undefined) return { file: reading.name(body.file) };
  if (body.base64 === undefined) return {};
  const known = reading.name(body.base64).replace(/\s/g, '');
  if (referencesIn(known).length === 0 && !BASE64.test(known)) {
    reading.error(reading.valueAt(...path, 'base64'), 'This is not base64', 'Such as `base64 order.bin` prints it.');
  }
  return { base64: body.base64 };
}

/** What is kept of the answer to a request. */
function savesOf({ save }: HttpFile): Pick<SendConfig, 'save'> {
  return save === undefined ? {} : { save: Object.entries(save) };
}

/** What is sent, its templates as they are written. */
export function sendConfigOf(reading: Reading, file: TransportFile, to: string, path: Path): SendConfig {
  const transport = transportOf(file);
  const { http, kafka, rabbitmq } = file;
  const inside = [...path, transport];
  const text = (key: string): Template => reading.text(...inside, key);
  return {
    transport,
    to,
    headers: pairsOf(reading, (http ?? kafka ?? rabbitmq)?.headers, [...inside, 'headers']),
    properties: pairsOf(reading, rabbitmq?.properties, [...inside, 'properties']),
    ...bodyOf(reading, http ?? kafka ?? rabbitmq ?? {}, inside),
    ...(http === undefined
      ? {}
      : {
          method: (http.method ?? (hasBody(http) ? 'POST' : 'GET')).toUpperCase(),
          path: http.path ?? '/',
          ...savesOf(http),
        }),
    ...(kafka?.key === undefined ? {} : { key: text('key') }),
    ...(rabbitmq?.routingKey === undefined ? {} : { routingKey: text('routingKey') }),
  };
}

/** Tells of headers that would stand beside the probe's own context. */
export function checkHeaders(reading: Reading, file: TransportFile, path: Path): void {
  const transport = transportOf(file);
  for (const name of Object.keys(file[transport]?.headers ?? {}).filter(isContextName)) {
    const at = reading.keyAt(...path, transport, 'headers', name);
    reading.error(at, `\`${name}\` carries trace context, and the probe writes that itself`, 'Take it out.');
  }
}

/**
 * Tells of a node that cannot be sent to.
 * @returns whether the file has the node
 */
export function checkTarget(reading: Reading, file: TransportFile, to: string, path: Path): boolean {
  const transport = transportOf(file);
  const at = reading.valueAt(...path, transport, 'to');
  if (!reading.declares(to)) {
    reading.error(at, `Nothing can be sent to \`${to}\`: no node is called that`, suggestion(to, reading.nodeNames));
    return false;
  }
  const node = reading.file.nodes[to];
  if (node !== undefined) checkKind(reading, transport, { to, node: node ?? {} }, at);
  return true;
}

function checkKind(
  reading: Reading,
  transport: Transport,
  { to, node }: { to: string; node: NodeFile },
  at: Position,
): void {
  const kind = node.kind ?? 'service';
  const url = 'url' in node ? node.url : undefined;
  if (!TAKEN_BY[transport].includes(kind)) {
    const fitting = (Object.keys(TAKEN_BY) as Transport[]).find((each) => TAKEN_BY[each].includes(kind));
    const hint = fitting === undefined ? `Nothing can be sent to a ${kind}.` : `Send to it with \`${fitting}: { … }\`.`;
    reading.error(at, `\`${to}\` is of kind ${kind} and takes nothing over ${transport}`, hint);
  } else if (transport === 'http' && url === undefined) {
    reading.error(
      at,
      `\`${to}\` has no \`url\` to send to`,
      `Write \`${to}: { url: "http://127.0.0.1:8080" }\` under \`nodes\`.`,
    );
  }
}

/** Warns of what cannot be told from other requests where its context is lost. */
export function checkMarker(reading: Reading, send: SendConfig, sender: string, at: Position): void {
  if (carriesMarker(send)) return;
  const hint = `Put \${probe.id} into the path, the body, the key or a header, so that it can be found where its context is lost.`;
  reading.warning(at, `Nothing that ${sender} holds \${probe.id}`, hint);
}

/** Whether something holds the probe's id where it is sent. */
export function carriesMarker(send: SendConfig): boolean {
  const { path, key, routingKey, headers, properties, json, form = [], text, base64 } = send;
  const pairs = [...headers, ...properties, ...form].map(([, value]) => value);
  const references = [path, key, routingKey, text, base64, ...pairs].flatMap((each) =>
    each === undefined ? [] : referencesIn(each),
  );
  const inJson = json === undefined ? [] : referencesInJson(json);
  return [...references, ...inJson].some(({ kind, name }) => kind === 'probe' && name === 'id');
}
