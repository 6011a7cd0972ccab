/** What a check found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `skipped`: it does not apply here, or could not be looked at, as `found` says. */
  readonly state: 'good' | 'warning' | 'bad' | 'skipped';
  readonly found: string;
  /** How to mend it; absent where nothing is to be mended. */
  readonly mend?: string;
}

/** What a check says of one thing. */
export interface Says {
  readonly good: (found: string) => Finding;
  readonly skipped: (found: string) => Finding;
  readonly warning: (found: string, mend: string) => Finding;
  readonly bad: (found: string, mend: string) => Finding;
}

/** The findings of one check. */
export function saysOf(check: string): Says {
  return {
    good: (found) => ({ check, state: 'good', found }),
    skipped: (found) => ({ check, state: 'skipped', found }),
    warning: (found, mend) => ({ check, state: 'warning', found, mend }),
    bad: (found, mend) => ({ check, state: 'bad', found, mend }),
  };
}

/** Why something failed, in one line. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  return inner.replace(/\s+/g, ' ').slice(0, 300);
}
