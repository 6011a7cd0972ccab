import type { Principal } from '../access/index.js';

/** Whom places are counted by, where one client may not take all of them: who said who they are, else the address. */
export function clientOf(principal: Principal | undefined, address: string): string {
  return principal === undefined || principal.method === 'nobody'
    ? address
    : `${principal.method} ${principal.id}`;
}
