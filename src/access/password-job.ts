/** What the worker of passwords is asked. */
export interface PasswordJob {
  readonly number: number;
  readonly password: string;
  /** A bcrypt hash. */
  readonly hash: string;
}

/** What it answers. */
export interface PasswordVerdict {
  readonly number: number;
  readonly isSame: boolean;
}
