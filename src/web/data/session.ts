/** Who reads these pages, and what they may do. */
import { signal } from '@preact/signals';
import { fieldsOf } from './problem.js';

/** What the server says of who asks. */
export interface Session {
  /** Whether those who ask have to say who they are. */
  readonly isAsked: boolean;
  readonly name: string | undefined;
  readonly scopes: readonly string[];
}

/** Who reads; undefined until the server has said so. */
export const session = signal<Session | undefined>(undefined);

/** Whether the reader may act: acknowledge, judge, resolve, register. */
export const mayOperate = (): boolean => {
  const scopes = session.value?.scopes ?? [];
  return scopes.includes('operate') || scopes.includes('admin');
};

/** Reads who asks; where the server does not say, nothing may be done. */
export async function readSession(): Promise<void> {
  const response = await fetch('/session', { headers: { accept: 'application/json' } }).catch(
    () => undefined,
  );
  const { authentication, principal } = fieldsOf(await response?.json().catch(() => undefined));
  const { name, scopes } = fieldsOf(principal);
  session.value = {
    isAsked: authentication !== false,
    name: typeof name === 'string' ? name : undefined,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  };
}
