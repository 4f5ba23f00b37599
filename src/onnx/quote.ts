/** A damaged or hostile file may have names of a megabyte; a message shows as much as a person reads. */
const LONGEST_SHOWN = 120;

/** A name from a file as it stands in a message, without its end if it is very long. */
export const clip = (name: string): string => (name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name);

/** The same in quotation marks. */
export const quote = (name: string): string => `"${clip(name)}"`;
