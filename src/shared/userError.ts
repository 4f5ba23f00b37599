/**
 * An error that the user can cause and can mend: it is shown as one clear message, without a stack.
 * Everything else that is thrown is a defect of the program and is logged with its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param subject what was read: a path relative to what the user named, a setting, an option
   * @param problem what was wrong with it, with the value that was found
   * @param remedy what to do about it; empty if there is nothing sensible to advise
   */
  constructor(
    readonly subject: string,
    readonly problem: string,
    readonly remedy = '',
  ) {
    super(`${subject}: ${problem}${remedy === '' ? '' : ` ${remedy}`}`);
  }
}

/** Thrown where work stops because the user asked it to. Never shown as an error. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('cancelled');
  }
}
