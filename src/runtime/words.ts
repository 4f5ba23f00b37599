import type { Words } from '../shared/language';

let given: Words | undefined;

/** Has child processes speak the language of a bundle; English until then. */
export const speak = (bundle: Words): void => void (given = bundle);

/** The bundle that child processes are to be given; undefined for English. */
export const words = (): Words | undefined => given;
