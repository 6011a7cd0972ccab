/** What no label may hold: credentials, and data of persons. Labels are kept for long, are copied and are shown to many. */

/** What a label was found to hold. */
export type Sensitivity = 'credential' | 'personal data';

/**
 * Names whose value is a credential whatever it looks like, as the end of a name such as `db_password` or `apiKey`.
 * Names that tell which credential it is are fine: `secret` names a Secret in Kubernetes, `token_type` a type.
 */
const CREDENTIAL_NAME =
  /(?:^|[_.-])(?:password|passwd|passphrase|client_?secret|api_?key|access_?key|private_?key|(?:access|auth|refresh|bearer|session)_?token)$/;

/** Names whose value is of a person when it has the digits of a number. */
const PERSON_NAME =
  /(?:^|[_.-])(?:ssn|social_?security(?:_?number)?|credit_?card(?:_?number)?|card_?number|iban|phone(?:_?number)?|date_?of_?birth|passport(?:_?number)?)$/;
const NUMBER = /(?:\d[^\d]*){6}/;

/** Forms that credentials are issued in. */
const CREDENTIAL_VALUES: readonly RegExp[] = [
  // Amazon Web Services: ids of access keys.
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  // GitHub, GitLab, Slack, Stripe, Google.
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bgithub_pat_\w{22,}\b/,
  /\bglpat-[\w-]{20,}/,
  /\bxox[abeoprs]-[\w-]{10,}/,
  /\b[rs]k_live_[A-Za-z0-9]{16,}\b/,
  /\bAIza[\w-]{35}\b/,
  // JSON Web Tokens: two Base64 JSON objects and a signature.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:Bearer|Basic) [\w+/=.~-]{16,}/,
  // A password in an address: scheme://user:password@host.
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{1,200}:[^\s/@]{1,200}@/i,
];

const EMAIL = /^[\w.%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}$/i;
const CARD = /^(?:\d[ -]?){12,18}\d$/;
const SOCIAL_SECURITY = /^\d{3}-\d{2}-\d{4}$/;

/** What stands in the place of a value that was taken out, or is too little to be one. */
const HIDDEN =
  /^(?:\*+|x{3,}|<[^>]*>|\[[^\]]*\]|\([^)]* not kept\)|redacted|masked|hidden|none|null|true|false|.{1,3})$/i;

/** Whether digits are the number of a card, by their check digit (ISO/IEC 7812-1, annex B). */
function isCard(value: string): boolean {
  if (!CARD.test(value)) return false;
  const digits = [...value.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, place) => {
    const twice = place % 2 === 1 ? digit * 2 : digit;
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  // Times in milliseconds begin with 1; no card does.
  return sum % 10 === 0 && /^[2-6]/.test(value);
}

/** Names as they are compared: `clientSecret` as `client_secret`. */
const plainName = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * What a label holds that it must not, by its name or by what its value looks like; undefined when nothing. Never tell
 * the value on.
 */
export function sensitivityOf(name: string, value: string): Sensitivity | undefined {
  if (value === '' || HIDDEN.test(value)) return undefined;
  const plain = plainName(name);
  if (CREDENTIAL_NAME.test(plain) || CREDENTIAL_VALUES.some((form) => form.test(value))) return 'credential';
  const isPersonal =
    (PERSON_NAME.test(plain) && NUMBER.test(value)) ||
    EMAIL.test(value) ||
    SOCIAL_SECURITY.test(value) ||
    isCard(value);
  return isPersonal ? 'personal data' : undefined;
}

/** What is kept in the place of a value that may not be kept. */
export const notKept = (sensitivity: Sensitivity): string => `(${sensitivity}, not kept)`;
