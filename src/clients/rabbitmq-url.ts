/** Where a RabbitMQ node is and how one logs in, out of its URL. */
import { unescape as percentDecoded } from 'node:querystring';
import { complaintError } from '../model/problem.ts';
import type { Address } from './address.ts';

/** An AMQP URL taken apart. Holds credentials: never shown. */
export interface RabbitmqUrl {
  protocol: 'amqp' | 'amqps';
  address: Address;
  username: string;
  password: string;
  /** As it stands in the URL, percent-encoded; amqplib decodes it. */
  vhost: string;
}

/**
 * Reads `amqp://user:password@host:port/vhost` (https://www.rabbitmq.com/docs/uri-spec), its templates expanded.
 * Without credentials it is guest, as in every client.
 * @param tls whether TLS is wanted though the URL says amqp
 * @throws ComplaintError that does not repeat the URL, which may hold a password
 */
export function readRabbitmqUrl(text: string, tls: boolean): RabbitmqUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    throw complaintError({
      message: 'the `url` of this RabbitMQ node is not an AMQP URL; expected amqp://host:port/vhost or amqps://…',
      hint: 'Percent-encode @ : / ? # in user name, password and virtual host.',
    });
  }
  const protocol = tls || url.protocol === 'amqps:' ? 'amqps' : 'amqp';
  const anonymous = url.username === '' && url.password === '';
  return {
    protocol,
    address: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? { amqp: 5672, amqps: 5671 }[protocol] : Number(url.port),
    },
    username: anonymous ? 'guest' : percentDecoded(url.username),
    password: anonymous ? 'guest' : percentDecoded(url.password),
    vhost: url.pathname.slice(1) === '' ? '%2F' : url.pathname.slice(1),
  };
}
