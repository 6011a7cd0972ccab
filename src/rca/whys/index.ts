export { askWhy } from './chain.js';
export { sparqlOf } from './query.js';
export { stepsOf, type Why, type WhyEnd, type WhyKind, type WhyQuery } from './why.js';
