/**
 * Draws as a 2D canvas does, and writes SVG: as much of the interface as the pictures use. Text is measured by a canvas, so that the same drawing code
 * places it.
 */
export interface SvgContext {
  readonly context: CanvasRenderingContext2D;
  /** the document drawn so far */
  readonly document: () => string;
}

interface Style {
  fillStyle: string | SvgPattern;
  strokeStyle: string | SvgPattern;
  lineWidth: number;
  lineJoin: string;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
}

/** A tile that fills; its matrix moves and scales it. */
interface SvgPattern {
  readonly id: string;
  setTransform: (matrix: DOMMatrix) => void;
}

type Matrix = readonly [number, number, number, number, number, number];

/** @param width of the document in CSS pixels */
export function svgContext(width: number, height: number): SvgContext {
  const measuring = document.createElement('canvas').getContext('2d')!;
  const parts: string[] = [];
  const definitions: string[] = [];
  let style: Style = { fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, lineJoin: 'miter', globalAlpha: 1, font: '10px sans-serif', textAlign: 'start', textBaseline: 'alphabetic' };
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  let dash: readonly number[] = [];
  let path = '';
  let at: readonly [number, number] = [0, 0];
  let clips = 0;
  let ids = 0;
  const saved: { readonly style: Style; readonly matrix: Matrix; readonly dash: readonly number[]; readonly clips: number }[] = [];

  const n = (value: number): string => String(Math.round(value * 100) / 100);
  const paint = (value: string | SvgPattern): string => (typeof value === 'string' ? escapeXml(value) : `url(#${value.id})`);
  const placed = (): string => (matrix.join() === '1,0,0,1,0,0' ? '' : ` transform="matrix(${matrix.map(n).join(' ')})"`);
  const alpha = (): string => (style.globalAlpha === 1 ? '' : ` opacity="${style.globalAlpha}"`);
  const filled = (): string => ` fill="${paint(style.fillStyle)}"`;
  const stroked = (): string => ` fill="none" stroke="${paint(style.strokeStyle)}" stroke-width="${n(style.lineWidth)}"${style.lineJoin === 'round' ? ' stroke-linejoin="round"' : ''}${dash.length > 0 ? ` stroke-dasharray="${dash.map(n).join(' ')}"` : ''}`;
  const shape = (element: string): void => void parts.push(`<${element}${alpha()}${placed()}/>`);
  const rectangle = (x: number, y: number, w: number, h: number): string => `M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}z`;

  const drawing = {
    canvas: measuring.canvas,
    setTransform: (...values: number[]) => void (matrix = values as unknown as Matrix),
    setLineDash: (values: number[]) => void (dash = values),
    beginPath: () => void (path = ''),
    moveTo: (x: number, y: number) => {
      path += `M${n(x)} ${n(y)}`;
      at = [x, y];
    },
    lineTo: (x: number, y: number) => {
      path += `${path === '' ? 'M' : 'L'}${n(x)} ${n(y)}`;
      at = [x, y];
    },
    closePath: () => void (path += 'z'),
    arcTo: (x1: number, y1: number, x2: number, y2: number, radius: number) => {
      // a corner between two straight lines: up to where the curve begins, and around
      const toward = (x: number, y: number): [number, number] => {
        const length = Math.hypot(x - x1, y - y1) || 1;
        const share = Math.min(1, radius / length);
        return [x1 + (x - x1) * share, y1 + (y - y1) * share];
      };
      const [ax, ay] = toward(...at);
      const [bx, by] = toward(x2, y2);
      path += `L${n(ax)} ${n(ay)}Q${n(x1)} ${n(y1)} ${n(bx)} ${n(by)}`;
      at = [bx, by];
    },
    arc: (x: number, y: number, radius: number) => void (path += `M${n(x - radius)} ${n(y)}a${n(radius)} ${n(radius)} 0 1 0 ${n(2 * radius)} 0a${n(radius)} ${n(radius)} 0 1 0 ${n(-2 * radius)} 0`),
    rect: (x: number, y: number, w: number, h: number) => void (path += rectangle(x, y, w, h)),
    roundRect: (x: number, y: number, w: number, h: number, radii: number | readonly number[] = 0) => {
      // one radius for all corners, or four: from the upper left one clockwise
      const corner = (i: number): number => Math.min(typeof radii === 'number' ? radii : (radii[i % radii.length] ?? 0), w / 2, h / 2);
      const [a, b, c, d] = [corner(0), corner(1), corner(2), corner(3)];
      path += `M${n(x + a)} ${n(y)}h${n(w - a - b)}q${n(b)} 0 ${n(b)} ${n(b)}v${n(h - b - c)}q0 ${n(c)} ${n(-c)} ${n(c)}h${n(c + d - w)}q${n(-d)} 0 ${n(-d)} ${n(-d)}v${n(a + d - h)}q0 ${n(-a)} ${n(a)} ${n(-a)}z`;
    },
    fill: () => path !== '' && shape(`path d="${path}"${filled()}`),
    stroke: () => path !== '' && shape(`path d="${path}"${stroked()}`),
    fillRect: (x: number, y: number, w: number, h: number) => shape(`path d="${rectangle(x, y, w, h)}"${filled()}`),
    strokeRect: (x: number, y: number, w: number, h: number) => shape(`path d="${rectangle(x, y, w, h)}"${stroked()}`),
    measureText: (text: string) => {
      measuring.font = style.font;
      return measuring.measureText(text);
    },
    fillText: (text: string, x: number, y: number, room?: number) => {
      measuring.font = style.font;
      const tight = room !== undefined && measuring.measureText(text).width > room ? ` textLength="${n(room)}" lengthAdjust="spacingAndGlyphs"` : '';
      const anchor = { center: 'middle', right: 'end', end: 'end' }[style.textAlign] ?? 'start';
      const baseline = style.textBaseline === 'middle' ? ' dominant-baseline="central"' : '';
      parts.push(`<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}"${baseline} style="font:${escapeXml(style.font)};white-space:pre"${filled()}${tight}${alpha()}${placed()}>${escapeXml(text)}</text>`);
    },
    save: () => void saved.push({ style: { ...style }, matrix, dash, clips }),
    restore: () => {
      const before = saved.pop();
      if (!before) return;
      for (; clips > before.clips; clips--) parts.push('</g>');
      ({ matrix, dash } = before);
      style = { ...before.style };
    },
    clip: () => {
      const id = `clip${ids++}`;
      definitions.push(`<clipPath id="${id}"><path d="${path}"${placed()}/></clipPath>`);
      parts.push(`<g clip-path="url(#${id})">`);
      clips++;
    },
    createPattern: (tile: HTMLCanvasElement): SvgPattern => {
      const id = `tile${ids++}`;
      const index = definitions.push('') - 1;
      const define = (transform: string): void => {
        definitions[index] = `<pattern id="${id}" patternUnits="userSpaceOnUse" width="${tile.width}" height="${tile.height}"${transform}><image href="${tile.toDataURL()}" width="${tile.width}" height="${tile.height}"/></pattern>`;
      };
      define('');
      return { id, setTransform: ({ a, d, e, f }) => define(` patternTransform="matrix(${n(a)} 0 0 ${n(d)} ${n(e)} ${n(f)})"`) };
    },
  };
  // the style's fields are the context's own
  const context = new Proxy(drawing, {
    get: (target, name) => (name in style ? style[name as keyof Style] : Reflect.get(target, name)),
    set: (_, name, value) => {
      if (!(name in style)) return false;
      style = { ...style, [name]: value as never };
      return true;
    },
  });
  return {
    context: context as unknown as CanvasRenderingContext2D,
    document: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}"><defs>${definitions.join('')}</defs>${parts.join('\n')}${'</g>'.repeat(clips)}</svg>\n`,
  };
}

/** Text for XML; characters that XML has no place for are left out. */
const escapeXml = (text: string): string =>
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
