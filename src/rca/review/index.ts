export {
  parseReviewTemplate,
  ReviewDesk,
  type ReviewDeskParts,
  type ReviewFormat,
  type ReviewTemplate,
  readReviewTemplate,
  reviewFormats,
} from './desk.js';
export * from './review.js';
export { addressOf } from './view.js';
