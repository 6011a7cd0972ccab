export { askWhy } from './chain.js';
export { sparqlOf } from './query.js';
export { type ToldWhy, toldWhy, whyOf, whyReceipts } from './told.js';
export { stepsOf, type Why, type WhyEnd, type WhyKind, type WhyQuery, whyKinds } from './why.js';
