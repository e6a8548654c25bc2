/** The fixtures' Chromium, with types of what the tests use of it: Playwright's own need those of a browser. */
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startChromium as start } from '../../../fixtures/parts/chromium.mjs';

export interface Chromium {
  newContext(options: ContextOptions): Promise<Context>;
  stop(): Promise<void>;
}

export interface ContextOptions {
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
  javaScriptEnabled?: boolean;
}

interface Context {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  on(event: 'console', listener: (message: { text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  locator(selector: string): Locator;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  keyboard: { press(key: string): Promise<void> };
  emulateMedia(media: { media: 'print' }): Promise<void>;
  pdf(options: { format: 'A4' }): Promise<Buffer>;
}

export interface Locator {
  first(): Locator;
  locator(selector: string): Locator;
  filter(options: { has: Locator }): Locator;
  all(): Promise<Locator[]>;
  count(): Promise<number>;
  click(): Promise<void>;
  isVisible(): Promise<boolean>;
  getAttribute(name: string): Promise<string | null>;
  textContent(): Promise<string | null>;
  boundingBox(): Promise<{ height: number } | null>;
}

export const startChromium: () => Promise<Chromium> = start;
