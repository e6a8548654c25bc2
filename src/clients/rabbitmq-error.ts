/** What goes wrong with a RabbitMQ broker, in words for a person. Never shows a user name, a password or a URL. */
import { type Complaint, type ComplaintError, complaintError } from '../model/problem.ts';

/** Kinds of failure that callers tell apart. `closed`: a connection or channel that was open is gone. */
export type RabbitmqFault =
  | 'unreachable'
  | 'timed-out'
  | 'closed'
  | 'protocol'
  | 'tls'
  | 'login'
  | 'vhost'
  | 'not-found'
  | 'no-rights'
  | 'refused';

/** A complaint about the broker, and which kind it is. */
export type RabbitmqError = ComplaintError & { fault: RabbitmqFault };

/** A virtual host of a broker, as it is named to a person. */
export interface NamedBroker {
  /** `host:port` */
  address: string;
  vhost: string;
}

/** An error of the given kind. */
export function rabbitmqError(fault: RabbitmqFault, complaint: Complaint): RabbitmqError {
  return Object.assign(complaintError(complaint), { fault });
}

/** Whether an error came from here. */
export function isRabbitmqError(error: unknown): error is RabbitmqError {
  return error instanceof Error && 'complaint' in error && 'fault' in error;
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A step that the broker did not answer in time. */
export function timedOut(address: string, step: string, limitMs: number): RabbitmqError {
  return rabbitmqError('timed-out', {
    message: `RabbitMQ at ${address} did not answer within ${limitMs / 1000} s: ${step}`,
    hint: 'Check that the broker is not overloaded or blocked by a memory or disk alarm (`rabbitmq-diagnostics alarms`), and that nothing else listens on that port.',
  });
}

/** The caller itself broke it off. */
export function interrupted(address: string): RabbitmqError {
  return rabbitmqError('closed', {
    message: `the connection to RabbitMQ at ${address} was given up because the run ended`,
    hint: 'Run it again and let it come to its end.',
  });
}

/**
 * Why a connection could not be opened.
 * @param error what amqplib or Node's sockets gave
 */
export function connectError(error: unknown, { address, vhost }: NamedBroker): RabbitmqError {
  if (isRabbitmqError(error)) return error;
  const code = codeOf(error);
  const text = textOf(error);
  if (isTlsCode(code)) return tlsError(code, address);
  if (typeof code === 'string' && code !== 'ECONNRESET') return unreachable(code, address);
  if (text.includes('ACCESS-REFUSED') || text.includes('ACCESS_REFUSED')) return loginRefused(address);
  if (text.startsWith('Expected ConnectionOpenOk')) return vhostRefused(address, vhost);
  return rabbitmqError('protocol', {
    message: `what listens at ${address} broke off the AMQP 0-9-1 handshake: ${text}`,
    hint: 'Check that this is the AMQP port of a RabbitMQ broker (5672; 5671 speaks TLS and needs amqps:// or `tls`; 15672 is the management UI).',
  });
}

/**
 * Why a step on an open connection failed.
 * @param step what was being done, for a person
 */
export function brokerError(error: unknown, address: string, step: string): RabbitmqError {
  if (isRabbitmqError(error)) return error;
  if (error instanceof TypeError || error instanceof RangeError) return unwritable(error);
  const said = replyText(error);
  const code = codeOf(error);
  if (code === 404) return notFound(address, said);
  if (code === 403) return noRights(address, said, step);
  if (typeof code === 'number' && code >= 400) {
    return rabbitmqError('refused', {
      message: `RabbitMQ at ${address} refused this: ${step} (${said})`,
      hint: 'Check the names and settings of this node against the broker (`rabbitmqctl list_exchanges`, `list_queues`).',
    });
  }
  return endedError(error, address);
}

/** Why a connection, or a channel that nothing was asked of, came to its end. */
export function endedError(error: unknown, address: string): RabbitmqError {
  return rabbitmqError('closed', {
    message: `the connection to RabbitMQ at ${address} ended: ${replyText(error)}`,
    hint: "Check the broker's log at that time, and what stands between it and here.",
  });
}

/** What the broker said, without amqplib's frame around it and without the name of a user. */
export function replyText(error: unknown): string {
  const text = textOf(error);
  const reply = /with message "(?:[A-Z_]+ - )?(.*)"$/s.exec(text);
  return (reply?.[1] ?? text).replace(/ (?:for|by) user '.*'/gs, '').trim();
}

/** amqplib throws these before anything is sent. */
function unwritable(error: Error): RabbitmqError {
  return rabbitmqError('refused', {
    message: `this cannot be written as AMQP 0-9-1: ${error.message}`,
    hint: 'Names, routing keys and properties may have 255 bytes, all headers together 64 KiB.',
  });
}

const NETWORK: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be resolved',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'no answer (timed out)',
};

function unreachable(code: string, address: string): RabbitmqError {
  return rabbitmqError('unreachable', {
    message: `cannot reach RabbitMQ at ${address}: ${NETWORK[code] ?? code}`,
    hint: 'Check that the broker runs, and host and port in `url` (AMQP is 5672, with TLS 5671).',
  });
}

function loginRefused(address: string): RabbitmqError {
  return rabbitmqError('login', {
    message: `RabbitMQ at ${address} refused the login (403)`,
    hint: 'Check user name and password in `url`; characters like @ : / must be percent-encoded there, and `guest` may only log in from the machine of the broker.',
  });
}

function vhostRefused(address: string, vhost: string): RabbitmqError {
  return rabbitmqError('vhost', {
    message: `RabbitMQ at ${address} does not let this user into virtual host "${vhost}": it does not exist, or the user has no rights in it`,
    hint: 'Check the path of `url` (no path is "/", which may also be written %2F) against `rabbitmqctl list_vhosts` and `list_permissions -p <vhost>`.',
  });
}

function notFound(address: string, said: string): RabbitmqError {
  return rabbitmqError('not-found', {
    message: `RabbitMQ at ${address} says: ${said}`,
    hint: 'Check its name and the virtual host in `url`; the service that declares it may not have started yet.',
  });
}

function noRights(address: string, said: string, step: string): RabbitmqError {
  return rabbitmqError('no-rights', {
    message: `RabbitMQ at ${address} does not permit this user to ${step} (${said})`,
    hint: 'Give the user of `url` the right (`rabbitmqctl set_permissions`), or use another user.',
  });
}

const CERTIFICATE = /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;

function tlsError(code: string, address: string): RabbitmqError {
  return rabbitmqError('tls', { message: `TLS with RabbitMQ at ${address} failed: ${code}`, hint: tlsHint(code) });
}

function tlsHint(code: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return "Renew the broker's certificate, or set this machine's clock right.";
  if (/ALTNAME|HOSTNAME/.test(code))
    return 'Name the broker as its certificate does, or give that name as tls.serverName.';
  if (CERTIFICATE.test(code)) return 'Give the CA that signed the certificate as tls.caFile.';
  if (/WRONG_VERSION|PACKET_LENGTH/.test(code)) {
    return 'Use the TLS port (5671), or amqp:// without `tls` for the plain one (5672).';
  }
  return 'If the broker wants a client certificate, give tls.certFile and tls.keyFile; else check which TLS versions it takes.';
}

function isTlsCode(code: unknown): code is string {
  return typeof code === 'string' && (CERTIFICATE.test(code) || /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO)/.test(code));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
