export { OutgoingError } from './errors.js';
export { fetchTrusting, fetchTrustingAuthorities, readAuthorities } from './trusting-fetch.js';
