/** The shape of what a flow sends: requests, records, messages (SURFACE §1). */
import { z } from 'zod';
import type { HttpFile, KafkaSendFile, RabbitmqSendFile, TransportFile } from './file.ts';
import {
  atMostOne,
  exactlyOne,
  form,
  headers,
  literally,
  nodeName,
  optional,
  required,
  scalar,
  scalars,
  struct,
  text,
} from './terms.ts';

const BODIES = ['json', 'form', 'text', 'base64', 'file'];

const body = {
  json: optional(z.unknown(), 'Body: JSON. Numbers keep their source text.'),
  form: optional(scalars, 'Body: fields of a form.'),
  text: optional(scalar, 'Body: text.'),
  base64: optional(text, 'Body: bytes, in base64.'),
  file: optional(text, 'Body: what this file holds.'),
};

const to = optional(nodeName, 'The node that it is sent to; the first node of the first chain unless said.');

const save = z.record(
  z.string(),
  z.union([
    struct({ header: required(text, 'Name of a response header.') }),
    struct({ json: required(text, 'JSON pointer into the response body, such as /order/id.') }),
  ]),
);

const AMQP_PROPERTIES = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
] as const;

const properties = z.partialRecord(z.enum(AMQP_PROPERTIES), scalar);

const http: z.ZodType<HttpFile> = atMostOne(BODIES, {
  to,
  method: optional(
    form(/^[A-Za-z]+$/, 'an HTTP method such as POST'),
    'HTTP method; POST with a body, GET without, unless said.',
  ),
  path: optional(
    literally(form(/^(?:\/|\$\{)/, 'a path that begins with /')),
    'Path and query below the url of the node; / unless said.',
  ),
  headers: optional(headers, 'Request headers. Trace context is not among them: the probe writes it.'),
  ...body,
  save: optional(save, 'What to keep of the response for what is sent after it.'),
});

const kafka: z.ZodType<KafkaSendFile> = atMostOne(BODIES, {
  to,
  key: optional(scalar, 'Key of the record.'),
  headers: optional(scalars, 'Record headers. Trace context is not among them: the probe writes it.'),
  ...body,
});

const rabbitmq: z.ZodType<RabbitmqSendFile> = atMostOne(BODIES, {
  to,
  routingKey: optional(scalar, 'Routing key of the message.'),
  headers: optional(scalars, 'Message headers. Trace context is not among them: the probe writes it.'),
  properties: optional(properties, 'AMQP properties of the message.'),
  ...body,
});

/** A request, record or message that carries the probe's context. */
export const transport: z.ZodType<TransportFile> = exactlyOne({
  http: optional(http, 'An HTTP request.'),
  kafka: optional(kafka, 'A Kafka record.'),
  rabbitmq: optional(rabbitmq, 'A RabbitMQ message.'),
}).meta({ id: 'transport' });

/** A step before or after the probe; it carries no context of the probe. */
export const step: z.ZodType<TransportFile> = exactlyOne({ http: optional(http, 'An HTTP request.') });
