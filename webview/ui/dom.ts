export type Child = Node | string | null;

/** An element with attributes and children. Text always becomes text nodes, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Readonly<Record<string, string>>, ...children: readonly Child[]): HTMLElementTagNameMap[K];
export function el(tag: string, attributes?: Readonly<Record<string, string>>, ...children: readonly Child[]): HTMLElement;
export function el(tag: string, attributes: Readonly<Record<string, string>> = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** One of VS Code's own icons, for the eye only. */
export const icon = (name: string): HTMLElement => el('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });

/** A link that does something in the view. */
export function link(text: string, onClick: () => void, title?: string): HTMLButtonElement {
  const element = el('button', { type: 'button', class: 'link', ...(title === undefined ? {} : { title }) }, text);
  element.addEventListener('click', onClick);
  return element;
}
