/** The fixtures' shop with types. */
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startShop as start } from '../../fixtures/shop/shop.mjs';

export type Faults = Record<string, string>;

export interface Shop {
  prefix: string;
  receiverPort: number;
  ports: Record<string, number>;
  topologyFile: string;
  set(state: { faults?: Faults; taps?: string[] }): Promise<void>;
  writeTopology(options: { deadline?: string; overrides?: object }): Promise<string>;
  stopService(name: string): Promise<void>;
  killService(name: string): Promise<void>;
  sendForeign(options?: { perSecond?: number }): { stop(): void };
  stop(): Promise<void>;
}

export interface ShopOptions {
  kafka?: { brokers: string };
  rabbitmq?: { url: string };
  faults?: Faults;
  taps?: string[];
  variant?: 'default' | 'own-ids';
  /** Where the services export to. */
  receiverPort?: number;
  /** By service: where it exports to a Collector instead of to the receiver. */
  exportPorts?: Record<string, number>;
  /** Of `optionalParts`; all unless given. */
  parts?: string[];
}

export const startShop: (options?: ShopOptions) => Promise<Shop> = start;
