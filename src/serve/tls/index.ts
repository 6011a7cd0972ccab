export { CertificateKeeper } from './keeper.js';
