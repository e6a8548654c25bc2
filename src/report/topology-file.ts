/** The topology file as consumers of reports name files. */
import { safe } from './words.ts';

/** Relative to the repository, with slashes and no `./`, as GitHub and GitLab match it with what they show. */
export function filePath(file: string): string {
  return safe(relative(file));
}

function relative(file: string): string {
  return file.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
}

/** As a URI reference (RFC 3986): an absolute path is a `file:` URI. */
export function fileUri(file: string): string {
  const path = relative(file).replace(/\p{Cs}/gu, '\ufffd');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('/')) return `file://${encoded}`;
  return /^[A-Za-z]:\//.test(path) ? `file:///${encoded.replace('%3A', ':')}` : encoded;
}
