/** What went wrong with a request, in words that say what to check. */
import type { Complaint } from '../model/problem.ts';
import { CONNECT_LIMIT_MS } from './dial.ts';

/** How far a request had come when it failed. */
export type HttpStage = 'connecting' | 'waiting' | 'reading';

/** Whom a request went to, as it is named to a person. */
export interface HttpPlace {
  /** `127.0.0.1:8080`, with the tap that stands in front if there is one. */
  where: string;
  /** The host name that was resolved. */
  host: string;
  tls: boolean;
  /** The time limit of the answer, ms. */
  responseMs: number;
  /** Whose url it is that leads there. */
  of: 'node' | 'source';
}

function isItUp({ of }: HttpPlace): string {
  return `Check that it is running, and that the ${of}'s url names the right host and port.`;
}

/** Words for an error of Node or undici; `interrupted` when the caller gave the request up. */
export function httpFailure(error: unknown, stage: HttpStage, place: HttpPlace, interrupted: boolean): Complaint {
  if (interrupted) return { message: `the request to ${place.where} was given up`, hint: 'The run was interrupted.' };
  const { code, message } = plain(error);
  if (code === 'ABORT_ERR') return tooLate(stage, place);
  return (
    unreachable(code, place) ??
    (isTlsCode(code, message, place.tls) ? tlsFailure(code, message, place) : undefined) ??
    unreadable(code, message, stage, place)
  );
}

/** Stands for every error of undici's parser; not all have a code of their own. */
const NOT_HTTP = 'HPE';

/** Node's `once` and undici both give an abort its own error; its code tells it from the network's. */
function plain(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return { code: 'ABORT_ERR', message: '' };
  if (error.name === 'HTTPParserError') return { code: NOT_HTTP, message: error.message };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}

function tooLate(stage: HttpStage, { where, responseMs, of }: HttpPlace): Complaint {
  if (stage === 'connecting') {
    return {
      message: `${where} did not accept a connection within ${Math.min(CONNECT_LIMIT_MS, responseMs) / 1000} s`,
      hint: `Check the host and port of the ${of}'s url, and whether a firewall drops packets on the way.`,
    };
  }
  const what = stage === 'waiting' ? 'took the request but did not answer' : 'began to answer but did not end';
  return {
    message: `${where} ${what} within ${responseMs / 1000} s`,
    hint: "Check the service's own log for this request: it may wait for something behind it.",
  };
}

function unreachable(code: string, place: HttpPlace): Complaint | undefined {
  const { where, host, of } = place;
  switch (code) {
    case 'ECONNREFUSED':
      return { message: `nothing accepts connections at ${where} (connection refused)`, hint: isItUp(place) };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        message: `the name ${host} does not resolve (${code})`,
        hint: `Check the spelling in the ${of}'s url, and that this machine's DNS knows the name.`,
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return { message: `there is no way to ${where} (${code})`, hint: `${isItUp(place)} A VPN may be missing.` };
    default:
      return undefined;
  }
}

const CERTIFICATE_CODES = /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;

function isTlsCode(code: string, message: string, tls: boolean): boolean {
  if (!tls) return false;
  return CERTIFICATE_CODES.test(code) || /^(ERR_SSL_|ERR_TLS_|EPROTO)/.test(code) || /secure TLS/.test(message);
}

function tlsFailure(code: string, message: string, { where }: HttpPlace): Complaint {
  return { message: `TLS with ${where} failed: ${code}, ${firstLine(message)}`, hint: tlsHint(code, message) };
}

function tlsHint(code: string, message: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return "Renew the server's certificate, or set this machine's clock right.";
  if (/ALTNAME/.test(code)) return 'Name the host as the certificate does, or give that name as tls.serverName.';
  if (CERTIFICATE_CODES.test(code)) return 'Give the CA that signed it as tls.caFile.';
  if (/CERTIFICATE|HANDSHAKE_FAILURE/.test(code)) {
    return 'If the server wants a client certificate, give tls.certFile and tls.keyFile.';
  }
  if (/WRONG_VERSION|EPROTO|PACKET_LENGTH|secure TLS/.test(`${code} ${message}`)) {
    return 'If the port speaks plain HTTP, write http:// in the url.';
  }
  return "Check which TLS versions and ciphers the server takes, and the server's log.";
}

function unreadable(code: string, message: string, stage: HttpStage, place: HttpPlace): Complaint {
  const { where, tls, of } = place;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { message: `the response headers of ${where} are too long`, hint: 'They must stay below 16 KiB.' };
  }
  if (code === NOT_HTTP) {
    const other = tls ? 'HTTP/2 or no HTTP at all' : 'TLS (then write https:// in the url), HTTP/2 or no HTTP at all';
    return {
      message: `${where} answered with something that is not HTTP/1.1 (${firstLine(message)})`,
      hint: `Check the port of the ${of}'s url; it may speak ${other}.`,
    };
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return {
      message: `the request cannot be written: ${message}`,
      hint: 'Mend method, path or headers; host, connection, content-length and the like are written by the client.',
    };
  }
  if (['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'].includes(code)) {
    const hint = 'Check its log, and that what it stands in front of is up; it may have crashed on this request.';
    if (stage === 'reading') return { message: `${where} closed the connection in the middle of its answer`, hint };
    const other = tls
      ? 'If it wants a client certificate, give tls.certFile and tls.keyFile.'
      : 'If the port speaks TLS, write https:// in the url.';
    return { message: `${where} closed the connection without an answer`, hint: `${hint} ${other}` };
  }
  return {
    message: `the request to ${where} failed: ${firstLine(message)} (${code || 'no code'})`,
    hint: isItUp(place),
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
