/** What went wrong with Kafka, in words that say what to check. Never what a broker said of a login: it may name the user. */
import { type Complaint, complaintOf } from '../model/problem.ts';
import type { KafkaConnection } from '../model/reach.ts';
import { CONNECT_LIMIT_MS, NOT_ALLOWED, REQUEST_LIMIT_MS } from './kafka.ts';

/** What was tried. */
export interface KafkaAttempt {
  connection: KafkaConnection;
  topic: string;
  right: 'Read' | 'Write';
}

export interface KafkaComplaint extends Complaint {
  /**
   * `down`: it may come back by itself; `electing`: it soon will, and a record was not stored; `no-topic`: the brokers answer
   * and do not have the topic; `refused`: it stays so until a person changes something.
   */
  kind: 'down' | 'electing' | 'no-topic' | 'refused';
}

/** Words for an error of kafkajs, or of the connection under it. */
export function kafkaComplaint(error: unknown, attempt: KafkaAttempt): KafkaComplaint {
  const own = complaintOf(error);
  if (own) return { ...own, kind: 'refused' };
  const failure = plain(error);
  return (
    refusedLogin(failure, attempt) ??
    refusedTls(failure, attempt) ??
    refusedTopic(failure, attempt) ??
    notAllowed(failure, attempt) ??
    electing(failure, attempt) ??
    unreachable(failure, attempt) ??
    closedOrLate(failure, attempt) ??
    other(failure, attempt)
  );
}

interface Failure {
  name: string;
  /** Of a broker's answer: `UNKNOWN_TOPIC_OR_PARTITION` … */
  type: string;
  /** Of the connection: `ECONNREFUSED` … */
  code: string;
  /** `host:port` of the broker that it was about. */
  broker: string;
  message: string;
}

/** kafkajs wraps the error that ended its tries; the innermost one says what happened. */
function plain(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: '', type: '', code: '', broker: '', message: String(error) };
  if (error.cause instanceof Error && error.cause !== error && error.name.startsWith('KafkaJS'))
    return plain(error.cause);
  const text = (key: string): string => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? value : '';
  };
  const [message = ''] = error.message.split('\n', 1);
  return { name: error.name, type: text('type'), code: text('code'), broker: text('broker'), message };
}

function where({ broker }: Failure, { connection }: KafkaAttempt): string {
  return broker === '' ? connection.brokers.join(', ') : broker;
}

function refusedLogin(failure: Failure, attempt: KafkaAttempt): KafkaComplaint | undefined {
  const isLogin = failure.name === 'KafkaJSSASLAuthenticationError' || failure.type === 'SASL_AUTHENTICATION_FAILED';
  const mechanism = attempt.connection.sasl?.mechanism;
  if (/mechanism is not supported/.test(failure.message) || failure.type === 'UNSUPPORTED_SASL_MECHANISM') {
    return {
      kind: 'refused',
      message: `${where(failure, attempt)} does not offer SASL ${mechanism}`,
      hint: 'Set sasl.mechanism to one that this listener has (plain, scram-sha-256, scram-sha-512).',
    };
  }
  if (!isLogin) return undefined;
  return {
    kind: 'refused',
    message: `${where(failure, attempt)} refused the SASL ${mechanism} login`,
    hint: 'Check sasl.username and sasl.password, and that the user has credentials of this mechanism.',
  };
}

const CERTIFICATE = /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;
const PROTOCOL = /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO)/;

function refusedTls(failure: Failure, attempt: KafkaAttempt): KafkaComplaint | undefined {
  const { code, message } = failure;
  const hint = tlsHint(code, message);
  if (hint === undefined || attempt.connection.tls === undefined) return undefined;
  // A broker that is just going down breaks a handshake off, too.
  const isBrokenOff = code === '' || code === 'ECONNRESET';
  const what = isBrokenOff ? 'the broker broke it off' : code;
  return {
    kind: isBrokenOff ? 'down' : 'refused',
    message: `TLS with ${where(failure, attempt)} failed: ${what}`,
    hint,
  };
}

function tlsHint(code: string, message: string): string | undefined {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return "Renew the broker's certificate, or set this machine's clock right.";
  if (/ALTNAME|HOSTNAME/.test(code))
    return 'Name the broker as its certificate does, or give that name as tls.serverName.';
  if (CERTIFICATE.test(code)) return 'Give the CA that signed the certificate as tls.caFile.';
  if (/secure TLS connection|WRONG_VERSION|PACKET_LENGTH|UNEXPECTED_MESSAGE/.test(`${code} ${message}`)) {
    return 'Check that the port is a TLS listener (SSL or SASL_SSL); if it speaks plain text, leave tls out.';
  }
  if (!PROTOCOL.test(code)) return undefined;
  return "Check which TLS versions the broker takes; if it wants a client's certificate, give tls.certFile and tls.keyFile.";
}

function refusedTopic({ type }: Failure, { connection, topic, right }: KafkaAttempt): KafkaComplaint | undefined {
  const brokers = connection.brokers.join(', ');
  switch (type) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      return {
        kind: 'no-topic',
        message: `topic ${topic} does not exist on ${brokers}`,
        hint: 'Create it, or correct `topic` of the node; tracegap creates none.',
      };
    case 'INVALID_TOPIC_EXCEPTION':
      return {
        kind: 'refused',
        message: `${brokers} says that ${topic} cannot be the name of a topic`,
        hint: 'Correct `topic` of the node: letters, digits, `.`, `_` and `-`, at most 249.',
      };
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return {
        kind: 'refused',
        message: `${brokers} does not allow this user to ${right.toLowerCase()} topic ${topic}`,
        hint: `Grant Describe and ${right} on the topic, or use a user that has them.`,
      };
    default:
      return undefined;
  }
}

const ELECTING = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);

function electing({ type }: Failure, { connection, topic }: KafkaAttempt): KafkaComplaint | undefined {
  if (!ELECTING.has(type)) return undefined;
  return {
    kind: 'electing',
    message: `topic ${topic} has a partition without a leader on ${connection.brokers.join(', ')} (${type})`,
    hint: 'That passes when a topic was just created or a broker just went; if not, check the brokers with its replicas.',
  };
}

function notAllowed(failure: Failure, attempt: KafkaAttempt): KafkaComplaint | undefined {
  if (failure.code !== NOT_ALLOWED) return undefined;
  return {
    kind: 'refused',
    message: `${attempt.connection.brokers.join(', ')} names ${failure.broker || 'a broker'}, whose host is not among \`allowHosts\``,
    hint: 'Add it to `allowHosts` if it may be connected to.',
  };
}

const NO_WAY: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  ETIMEDOUT: 'no answer',
};

function unreachable(failure: Failure, attempt: KafkaAttempt): KafkaComplaint | undefined {
  const { brokers } = attempt.connection;
  const isLate = failure.message === 'Connection timeout';
  const reason = isLate ? `no answer within ${CONNECT_LIMIT_MS / 1000} s` : NO_WAY[failure.code];
  if (reason === undefined) return undefined;
  if (failure.broker !== '' && !brokers.includes(failure.broker)) {
    return {
      kind: 'down',
      message: `${brokers.join(', ')} names ${failure.broker} as a broker, which cannot be reached (${reason})`,
      hint: 'Check that broker, and `advertised.listeners`: the address must be one that this machine can reach, or that `resolve` leads somewhere.',
    };
  }
  return {
    kind: 'down',
    message: `no Kafka broker can be reached at ${brokers.join(', ')} (${reason})`,
    hint: 'Check that it is running, and that `brokers` of the node has the right host and port.',
  };
}

function closedOrLate(failure: Failure, attempt: KafkaAttempt): KafkaComplaint | undefined {
  const { tls, sasl } = attempt.connection;
  const stored = attempt.right === 'Write' ? ' The record may have been stored nevertheless.' : '';
  if (/Timeout/.test(failure.name) || failure.type === 'REQUEST_TIMED_OUT') {
    return {
      kind: 'down',
      message: `${where(failure, attempt)} did not answer within ${REQUEST_LIMIT_MS / 1000} s`,
      hint: `Check that a Kafka broker listens on that port (not TLS where \`tls\` is left out), and its load.${stored}`,
    };
  }
  const isClosed =
    failure.name === 'KafkaJSConnectionClosedError' || /Not connected|Connection closed/.test(failure.message);
  if (!isClosed && !['ECONNRESET', 'EPIPE'].includes(failure.code)) return undefined;
  const missing = [tls ? [] : '`tls`', sasl ? [] : '`sasl`'].flat().join(' or ');
  const listener = missing === '' ? '' : ` A listener that wants ${missing} does this to a client without.`;
  return {
    kind: 'down',
    message: `${where(failure, attempt)} closed the connection`,
    hint: `Check that the broker runs, and its log.${listener}${stored}`,
  };
}

function other(failure: Failure, attempt: KafkaAttempt): KafkaComplaint {
  const { name, type, message } = failure;
  return {
    kind: 'down',
    message: `${where(failure, attempt)} could not serve topic ${attempt.topic}: ${message} (${type || name || 'no code'})`,
    hint: 'Check the broker and the topic: leaders, in-sync replicas, the limit of message sizes.',
  };
}
