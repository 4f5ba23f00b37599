/** A language bundle, as `@vscode/l10n` takes it. */
export type Words = Readonly<Record<string, string>>;

/** What a page needs to be in another language than English. */
export interface Language {
  /** as HTML names it: 'de' */
  readonly name: string;
  readonly words: Words;
}
