/** Small systems that the tables of cases are told about. */

/** Nothing is watched but what the spans say. */
export const HTTP_UNTAPPED: string = `
version: 1
nodes:
  edge: { kind: proxy, url: "http://127.0.0.1:8080" }
  checkout: {}
  pricing: {}
  legacy: { spans: none }
  catalog: {}
flows:
  order:
    send: { http: { method: POST, path: "/orders/\${probe.id}" } }
    through: [edge -> checkout -> pricing -> legacy -> catalog]
`;

/** Every HTTP node is watched. */
export const HTTP_TAPPED: string = `
version: 1
nodes:
  edge: { kind: proxy, url: "http://127.0.0.1:8080" }
  checkout: { url: "http://127.0.0.1:3001", tap: { listen: "127.0.0.1:9001" } }
  pricing: { url: "http://127.0.0.1:3002", tap: { listen: "127.0.0.1:9002" } }
  legacy: { spans: none, url: "http://127.0.0.1:3003", tap: { listen: "127.0.0.1:9003" } }
  catalog: { url: "http://127.0.0.1:3004", tap: { listen: "127.0.0.1:9004" } }
flows:
  order:
    send: { http: { method: POST, path: "/orders/\${probe.id}" } }
    through: [edge -> checkout -> pricing -> legacy -> catalog]
`;

/** A record to two consumers, a message behind one of them; both brokers are watched. */
export const MESSAGING: string = `
version: 1
nodes:
  checkout: { url: "http://127.0.0.1:3001" }
  orders: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: dev.orders }
  billing: {}
  stock: {}
  invoices: { kind: rabbitmq, url: "amqp://127.0.0.1", exchange: invoices, binding: "created.#", queue: mail }
  mailer: {}
flows:
  order:
    send: { http: { method: POST, path: "/orders/\${probe.id}" } }
    through: [checkout -> orders -> billing & stock, billing -> invoices -> mailer]
`;
