import { userInfo } from 'node:os';

/** Who runs this command, as receipts name them: the user's name, or `uid 65532` where a container has none for the number. */
export function actingUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Node has no other way to ask whether there is a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
