/** The simulated shop: twelve services, what they call, and what each call costs. */

/** A call that one service makes of another. */
export interface Call {
  readonly callee: string;
  /** Calls for each request of the caller. */
  readonly perRequest: number;
  readonly kind: 'http' | 'queue';
  /** How often a failed call is tried again. */
  readonly retries: number;
  /** Whether the caller fails when this call does. */
  readonly critical: boolean;
  /** A call of the same caller that must have worked before this one is made. */
  readonly after?: string;
}

/** A pool of connections to a database, one for each instance of the service. */
export interface Pool {
  readonly component: string;
  readonly size: number;
  /** How long a request holds its connection, in milliseconds. */
  readonly holdMs: number;
  /** How long a request waits for a connection before it fails, in milliseconds. */
  readonly acquireTimeoutMs: number;
}

/** One service of the shop. */
export interface Service {
  readonly name: string;
  readonly version: string;
  /** Median time that the service itself takes for a request, in milliseconds. */
  readonly ownMs: number;
  /** Processor time for each request, in milliseconds. */
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly calls: readonly Call[];
  readonly pool?: Pool;
}

const http = (callee: string, perRequest: number, more: Partial<Call> = {}): Call => ({
  callee,
  perRequest,
  kind: 'http',
  retries: 0,
  critical: true,
  ...more,
});

const pool = (component: string, size: number, holdMs: number): Pool => ({
  component,
  size,
  holdMs,
  acquireTimeoutMs: 1_000,
});

/** The instances that each service runs. */
export const INSTANCES = 2;

/** Requests a second that reach the frontend at the mean of a day. */
export const ENTRY_RATE = 400;

/** The services, callers before the services that they call. */
export const shop: readonly Service[] = [
  {
    name: 'frontend',
    version: '5.8.0',
    ownMs: 12,
    cpuMs: 4,
    memoryMb: 420,
    calls: [
      http('catalogue', 0.6),
      http('search', 0.25),
      http('cart', 0.3),
      http('users', 0.4),
      http('recommendations', 0.5, { critical: false }),
      http('checkout', 0.1),
    ],
  },
  {
    name: 'checkout',
    version: '3.4.1',
    ownMs: 15,
    cpuMs: 9,
    memoryMb: 380,
    calls: [
      http('cart', 1),
      http('users', 1),
      http('payments', 1, { retries: 1 }),
      http('orders', 1, { after: 'payments' }),
      http('shipping', 1, { after: 'payments' }),
    ],
  },
  { name: 'cart', version: '2.9.3', ownMs: 5, cpuMs: 3, memoryMb: 260, calls: [http('catalogue', 0.3)] },
  {
    name: 'payments',
    version: '4.2.0',
    ownMs: 20,
    cpuMs: 14,
    memoryMb: 510,
    calls: [],
    // It keeps its connection while the bank authorises, hence the long hold.
    pool: pool('payments-db', 20, 180),
  },
  {
    name: 'orders',
    version: '6.1.2',
    ownMs: 10,
    cpuMs: 8,
    memoryMb: 450,
    calls: [http('inventory', 1), { ...http('notifications', 1, { critical: false }), kind: 'queue' }],
    pool: pool('orders-db', 15, 25),
  },
  { name: 'search', version: '1.14.0', ownMs: 25, cpuMs: 11, memoryMb: 900, calls: [] },
  {
    name: 'shipping',
    version: '2.0.7',
    ownMs: 12,
    cpuMs: 7,
    memoryMb: 240,
    calls: [http('inventory', 0.5)],
  },
  {
    name: 'inventory',
    version: '3.3.0',
    ownMs: 6,
    cpuMs: 5,
    memoryMb: 310,
    calls: [],
    pool: pool('inventory-db', 12, 12),
  },
  {
    name: 'users',
    version: '4.0.5',
    ownMs: 6,
    cpuMs: 3,
    memoryMb: 330,
    calls: [],
    pool: pool('users-db', 15, 6),
  },
  {
    name: 'recommendations',
    version: '0.31.0',
    ownMs: 30,
    cpuMs: 9,
    memoryMb: 720,
    calls: [http('catalogue', 1)],
  },
  {
    name: 'catalogue',
    version: '2.17.4',
    ownMs: 7,
    cpuMs: 2,
    memoryMb: 350,
    calls: [],
    pool: pool('catalogue-db', 20, 8),
  },
  { name: 'notifications', version: '1.6.0', ownMs: 40, cpuMs: 10, memoryMb: 190, calls: [] },
];

/** The name of one instance of a service, as its exporter's address says it. */
export function instanceOf(service: string, index: number): string {
  return `${service}-${index + 1}:8080`;
}
