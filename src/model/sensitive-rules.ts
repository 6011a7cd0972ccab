/** The rules by which credentials and personal data are known: by the name that a value has, or by what it looks like. */

/** What a label was found to hold. */
export type Sensitivity = 'credential' | 'personal data';

/** One rule. */
export interface SensitiveRule {
  /** What it is counted and told by. */
  readonly name: string;
  readonly sensitivity: Sensitivity;
  /** The names of labels that it looks at, written `like_this`; all of them where absent. */
  readonly labels?: RegExp;
  /** What the value of a label looks like; anything where absent. */
  readonly value?: (value: string) => boolean;
  /** What it looks like within a text, with the flag `g`; texts are not searched where absent. */
  readonly within?: RegExp;
}

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

/** Forms that credentials are issued in, by who issues them. */
const ISSUED: Readonly<Record<string, RegExp>> = {
  'aws-access-key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  'github-token': /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b/g,
  'gitlab-token': /\bglpat-[\w-]{20,255}/g,
  'slack-token': /\bxox[abeoprs]-[\w-]{10,255}/g,
  'stripe-key': /\b[rs]k_live_[A-Za-z0-9]{16,255}\b/g,
  'google-api-key': /\bAIza[\w-]{35}\b/g,
  'genchi-token': /\bgen_[A-Za-z0-9]{59}\b/g,
  // JSON Web Tokens: two Base64 JSON objects and a signature.
  jwt: /\beyJ[\w-]{8,4096}\.eyJ[\w-]{8,8192}\.[\w-]{8,4096}/g,
  // In a text all of the key goes; a label of that form is refused by its first line.
  'private-key':
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,16384}?-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  'authorization-header': /\b(?:Bearer|Basic) [\w+/=.~-]{16,8192}/g,
  // A password in an address: scheme://user:password@host.
  'url-password': /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"']{1,200}:[^\s/@"']{1,200}@/gi,
};

const EMAIL = /^[\w.%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}$/i;
const CARD = /^(?:\d[ -]?){12,18}\d$/;
const SOCIAL_SECURITY = /^\d{3}-\d{2}-\d{4}$/;

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

/** A rule that knows a credential by its form, in labels and in texts. */
export function formRule(name: string, sensitivity: Sensitivity, form: RegExp): SensitiveRule {
  const whole = new RegExp(form.source, form.flags.replace('g', ''));
  return { name, sensitivity, value: (value) => whole.test(value), within: form };
}

/** The rules that come with Genchi, credentials first. Texts are searched for credentials alone: people write of people. */
export const sensitiveRules: readonly SensitiveRule[] = [
  { name: 'credential-name', sensitivity: 'credential', labels: CREDENTIAL_NAME },
  ...Object.entries(ISSUED).map(([name, form]) => formRule(name, 'credential', form)),
  {
    name: 'person-name',
    sensitivity: 'personal data',
    labels: PERSON_NAME,
    value: (value) => NUMBER.test(value),
  },
  { name: 'email', sensitivity: 'personal data', value: (value) => EMAIL.test(value) },
  { name: 'social-security', sensitivity: 'personal data', value: (value) => SOCIAL_SECURITY.test(value) },
  { name: 'card-number', sensitivity: 'personal data', value: isCard },
];
