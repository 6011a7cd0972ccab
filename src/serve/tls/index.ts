export { type Certificate, readCertificate, type TlsFiles } from './certificate.js';
export { CertificateKeeper } from './keeper.js';
