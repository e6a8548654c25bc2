/** TLS settings of the topology as the clients hand them to Node. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { complaintError } from '../model/problem.ts';
import type { ReceiverTlsConfig, TlsConfig } from '../model/reach.ts';

/** The part of the options of Node's `tls.connect` that a topology can set. */
export interface TlsOptions {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/**
 * Reads the files that a `tls` setting names, its templates expanded. `true` is TLS with the system's trust store.
 * @throws ComplaintError that names the file which cannot be read or used
 */
export function readTls(tls: true | TlsConfig | undefined): TlsOptions | undefined {
  if (tls === undefined) return undefined;
  if (tls === true) return {};
  const options: TlsOptions = {};
  if (tls.caFile !== undefined) options.ca = readPem('caFile', tls.caFile);
  if (tls.certFile !== undefined) options.cert = readPem('certFile', tls.certFile);
  if (tls.keyFile !== undefined) options.key = readPem('keyFile', tls.keyFile);
  if (tls.serverName !== undefined) options.servername = tls.serverName;
  if (tls.insecureSkipVerify === true) options.rejectUnauthorized = false;
  refuseUnusable(options, tls);
  return options;
}

/** TLS of a port of ours, as Node's servers take it. */
export interface ServerTlsOptions {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
  /** Whether a client must show a certificate, signed by `ca`. */
  requestCert: boolean;
  rejectUnauthorized: boolean;
}

/**
 * Reads the files of a receiver's `tls` setting.
 * @throws ComplaintError that names the file which cannot be read or used
 */
export function readServerTls(tls: ReceiverTlsConfig): ServerTlsOptions {
  const options = {
    cert: readPem('certFile', tls.certFile),
    key: readPem('keyFile', tls.keyFile),
    ...(tls.caFile === undefined ? {} : { ca: readPem('caFile', tls.caFile) }),
  };
  refuseUnusable(options, tls);
  const isAsked = tls.caFile !== undefined;
  return { ...options, requestCert: isAsked, rejectUnauthorized: isAsked };
}

const UNREADABLE: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
};

function readPem(setting: string, path: string): Buffer {
  const content = readBytes(setting, path);
  if (content.includes('-----BEGIN ')) return content;
  throw complaintError({
    message: `tls.${setting} ${path} is not a PEM file`,
    hint: 'Give a file that has a "-----BEGIN …-----" block; a DER file becomes one with `openssl x509 -inform der`.',
  });
}

function readBytes(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw complaintError({
      message: `cannot read tls.${setting} ${path}: ${UNREADABLE[code] ?? code}`,
      hint: `Give a PEM file that this user may read; a relative path counts from ${process.cwd()}.`,
    });
  }
}

/** Node reports a key that does not fit its certificate only when it connects; here it can still be told from the network's faults. */
function refuseUnusable({ ca, cert, key }: TlsOptions, tls: TlsConfig | ReceiverTlsConfig): void {
  try {
    createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  } catch (error) {
    const files = [tls.caFile, tls.certFile, tls.keyFile].filter((path) => path !== undefined).join(', ');
    throw complaintError({
      message: `the TLS files ${files} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Check that keyFile is the key of certFile, is not encrypted, and that each file is whole.',
    });
  }
}
