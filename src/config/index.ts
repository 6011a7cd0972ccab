export * from './errors.js';
export type { FederationEndpoint } from './federation.js';
export * from './file.js';
export * from './load.js';
export { resolveSecrets } from './outgoing.js';
export { redactionRulesOf } from './redaction.js';
export { retentionRulesOf, retentionSettings } from './retention.js';
export * from './settings.js';
export { type WebhookSetting, webhookEvents } from './webhooks.js';
