export { type Act, auditReceipt } from './audit.js';
export { type Certificate, readCertificate, type TlsFiles } from './certificate.js';
export { AccessError } from './errors.js';
export { algorithms, type IssuerSetting } from './issuer.js';
export { Issuers } from './issuers.js';
export { Passwords, type PasswordUser } from './passwords.js';
export { everyone, type Method, nobody, type Principal } from './principal.js';
export { grants, isScope, type Scope, scopes } from './scopes.js';
export { idOfToken, type MintedToken, mintToken, type RandomBytes, tokenHash } from './token.js';
export { holds, TokenBook, type TokenBookOptions } from './token-book.js';
export {
  changeTokens,
  MOST_TOKENS,
  readTokens,
  type TokenRecord,
  tokenFileOf,
} from './token-file.js';
export { readTokenUse } from './token-use.js';
