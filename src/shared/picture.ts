/** A picture of what is shown, in both formats: whoever saves it chooses one by the name of the file. */
export interface Picture {
  readonly svg: string;
  /** base64 */
  readonly png: string;
}
