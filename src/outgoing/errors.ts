import { GenchiError } from '../model/index.js';

/** What Genchi is to ask others with cannot be used. */
export class OutgoingError extends GenchiError<'bad-setting'> {}
