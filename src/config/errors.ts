import { GenchiError } from '../model/index.js';

/** A setting that cannot be used: its name, where it came from and what was expected, in one line. */
export class ConfigError extends GenchiError<'bad-setting'> {}
