/** The connections of the listening socket: how many there may be, and which are cut since they do not read. */
import type { Socket } from 'node:net';

/** Bounds of the connections. */
export interface ConnectionLimits {
  /** The most that are open at once. */
  readonly maxConnections: number;
  /** The most that one address has open at once. */
  readonly maxConnectionsPerAddress: number;
}

/** How often is looked for clients that do not read, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Who takes less than so many bytes of a waiting answer within so many looks is cut off: some 2 KiB/s. */
const LEAST_TAKEN_BYTES = 65_536;
const LOOKS = 6;
/** The bytes of answers that may wait for slow readers before further requests are refused. */
const MOST_WAITING_BYTES = 512 * 1024 * 1024;
/** Requests of one connection that are under way at once: more is no client that waits for answers. */
const MOST_PIPELINED = 16;

/** What is known of an open connection. */
interface Open {
  /** Requests that wait for their answer. */
  requests: number;
  /** The bytes that its client had taken when they were last enough. */
  taken: number;
  /** How many looks ago that was. */
  looks: number;
}

function takenOf(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

/** Counts the open connections, and cuts those off that do not take their answers. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<Socket, Open>();
  readonly #byAddress = new Map<string, number>();
  #refused = 0;
  #cut = 0;
  readonly #looking: NodeJS.Timeout;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#looking = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#looking.unref();
  }

  /** How many are open; how many were refused, and cut off since they did not read, so far. */
  get figures(): { readonly open: number; readonly refused: number; readonly cut: number } {
    return { open: this.#open.size, refused: this.#refused, cut: this.#cut };
  }

  /** Takes a new connection; false when there are too many of them, or of its address. */
  admit(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#byAddress.get(address) ?? 0;
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.#open.size >= maxConnections || ofAddress >= maxConnectionsPerAddress) {
      this.#refused += 1;
      return false;
    }
    this.#open.set(socket, { requests: 0, taken: 0, looks: 0 });
    this.#byAddress.set(address, ofAddress + 1);
    socket.once('close', () => this.#closed(socket, address));
    return true;
  }

  #closed(socket: Socket, address: string): void {
    this.#open.delete(socket);
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }

  /** Notes a request of a connection until its answer is `over`; false when too many of it wait, or it was not admitted. */
  begin(socket: Socket, over: (ended: () => void) => void): boolean {
    const open = this.#open.get(socket);
    if (open === undefined || open.requests >= MOST_PIPELINED) return false;
    open.requests += 1;
    over(() => {
      open.requests -= 1;
    });
    return true;
  }

  /** Whether so much waits for clients to read it that no further answers should be made. */
  get isClogged(): boolean {
    let waiting = 0;
    for (const socket of this.#open.keys()) waiting += socket.writableLength;
    return waiting > MOST_WAITING_BYTES;
  }

  /** Cuts the connections off whose clients take too little of what waits for them. */
  look(): void {
    for (const [socket, open] of this.#open) {
      const taken = takenOf(socket);
      const isEnough = socket.writableLength === 0 || taken - open.taken >= LEAST_TAKEN_BYTES;
      open.looks = isEnough ? 0 : open.looks + 1;
      if (isEnough) open.taken = taken;
      if (open.looks < LOOKS || socket.destroyed) continue;
      this.#cut += 1;
      socket.destroy();
    }
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#looking);
  }
}
