import type { GenchiError } from '../../model/index.js';

/** Tells, once, that the engine has stopped and nothing works until it is opened again. */
export class Breakdown {
  readonly #tell: (error: GenchiError) => void;
  #isTold = false;

  constructor(tell: (error: GenchiError) => void = () => undefined) {
    this.#tell = tell;
  }

  /** Answers the error as it is; the first that says that the engine has stopped is told. */
  told(error: GenchiError): GenchiError {
    if (error.code === 'store-broken' && !this.#isTold) {
      this.#isTold = true;
      this.#tell(error);
    }
    return error;
  }
}
