/** Cookies as a browser keeps them (RFC 6265), by tough-cookie. */

/** The cookies of one probe and of the requests before and after it. Their values never leave it but on the wire. */
export interface CookieJar {
  /** What `Cookie` says to a URL; empty where there is nothing to say. */
  cookiesFor(url: string): string;
  /** Takes in what an answer of a URL set; what a browser would refuse is passed over. */
  take(url: string, setCookies: readonly string[]): void;
}

/** An empty jar. A host without a dot may set cookies for itself: names inside of a cluster have none. */
export async function createCookieJar(): Promise<CookieJar> {
  const library = await import('tough-cookie');
  const jar = new library.CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true });
  return {
    cookiesFor: (url) => jar.getCookieStringSync(url),
    take(url, setCookies) {
      for (const each of setCookies) jar.setCookieSync(each, url, { ignoreError: true });
    },
  };
}
