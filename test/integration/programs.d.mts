/** The types of programs.mjs, which plain node runs, for the tests in TypeScript. */
export declare class Program {
  readonly name: string;
  readonly url: string;
  get pid(): number;
  get output(): string;
  get running(): boolean;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export declare function isInstalled(program: string): boolean;
export declare function versionOf(program: string): string;
export declare function freePort(): Promise<number>;
export declare function until<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  everyMs?: number,
): Promise<T>;
export declare function startGenchi(options: {
  readonly data: string;
  readonly port: number;
  readonly settings?: readonly string[];
  readonly timeoutMs?: number;
}): Promise<Program>;
export declare function startPrometheus(options: {
  readonly folder: string;
  readonly port: number;
  readonly config: string;
  readonly flags?: readonly string[];
}): Promise<Program>;
export declare function startAlertmanager(options: {
  readonly folder: string;
  readonly port: number;
  readonly config: string;
}): Promise<Program>;
