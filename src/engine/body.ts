/** Bodies: what is sent, what it is called, and how a plan shows it. */
import type { SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import { expandJson, expandTemplate, type Lookup, written } from '../topology/template.ts';

const ENDINGS: Record<string, string> = {
  json: 'application/json',
  xml: 'application/xml',
  txt: 'text/plain; charset=utf-8',
};

/** What a body is called unless the user says; undefined where there is none. */
export function contentTypeOf({ json, form, text, base64, file }: SendConfig): string | undefined {
  if (json !== undefined) return 'application/json';
  if (form !== undefined) return 'application/x-www-form-urlencoded';
  if (text !== undefined) return 'text/plain; charset=utf-8';
  const ending = /\.([^./\\]+)$/.exec(file ?? '')?.[1]?.toLowerCase() ?? '';
  return file === undefined && base64 === undefined ? undefined : (ENDINGS[ending] ?? 'application/octet-stream');
}

/** The body as it is sent. Nothing is put into what a file holds. */
export function bodyOf(send: SendConfig, lookup: Lookup, files: Topology['files']): Buffer | undefined {
  const { base64, file } = send;
  if (base64 !== undefined) return Buffer.from(expandTemplate(base64, lookup), 'base64');
  if (file !== undefined) return Buffer.from(files[file] ?? []);
  const text = textOf(send, lookup);
  return text === undefined ? undefined : Buffer.from(text);
}

function textOf({ json, form, text }: SendConfig, lookup: Lookup): string | undefined {
  if (json !== undefined) return expandJson(json, lookup);
  if (form === undefined) return text === undefined ? undefined : expandTemplate(text, lookup);
  const fields = form.map(([name, value]): [string, string] => [name, expandTemplate(value, lookup)]);
  return new URLSearchParams(fields).toString();
}

/** The body as a plan shows it, its variables as they are written. */
export function describeBody(send: SendConfig, lookup: Lookup, files: Topology['files']): string | undefined {
  const { base64, file } = send;
  if (base64 !== undefined) return `<the bytes of base64 ${expandTemplate(base64, written)}>`;
  if (file !== undefined) return `<the ${files[file]?.length ?? 0} bytes of ${file}>`;
  return textOf(send, lookup)?.replace(/%24%7B.*?%7D/g, decodeURIComponent);
}
