export { type DeskParts, PostmortemDesk, type PostmortemFormat, postmortemFormats } from './desk.js';
export type { DetectionTargets, PostmortemSources } from './facts.js';
export { markdownHtml } from './markdown.js';
export * from './postmortem.js';
export { type PostmortemTemplate, parseTemplate, readTemplate } from './template.js';
