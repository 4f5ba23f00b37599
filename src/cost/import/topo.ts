import { UserError } from '../../shared/userError';
import { serverOf, type ImportedCluster, type ImportOptions } from './accelerator';

/** How fast cells are, fastest first, without NVLinks. */
const PEER = new Set(['PIX', 'PXB', 'PHB']);
const BY_HOST = new Set(['NODE', 'SYS', 'SOC']);
const MOST_GPUS = 1024;

/** Reads what `nvidia-smi topo -m` prints (driver 450 to 580). @throws UserError if it is not such a matrix */
export function importTopology(text: string, subject: string, options: ImportOptions): ImportedCluster {
  // the header is underlined by escape sequences
  const lines = text.replaceAll(/\u001b\[[\d;]*m/g, '').split(/\r?\n/);
  const at = lines.findIndex((line) => /^\s*GPU0(\s|$)/.test(line) && !/\bX\b/.test(line));
  const wrong = (line: number, problem: string): UserError => new UserError(`${subject}:${line + 1}`, problem, 'Save the whole output: nvidia-smi topo -m > topo.txt');
  const single = lines.findIndex((line) => /^GPU0\s+X(\s|$)/.test(line));
  if (at < 0) throw wrong(Math.max(single, 0), 'there is no header line that starts with GPU0.');
  const gpus = lines[at]!.trim().split(/\t+|\s{2,}|\s(?=GPU\d)/).map((word) => word.trim()).filter((word) => /^GPU\d+$/.test(word)).length;
  if (gpus > MOST_GPUS) throw wrong(at, `there are ${gpus} GPUs, more than ${MOST_GPUS}.`);
  const rows = new Map<number, string[]>();
  for (const [i, line] of lines.entries()) {
    const match = i > at ? /^\s*GPU(\d+)\s+(.*)$/.exec(line) : null;
    if (!match) continue;
    const cells = match[2]!.trim().split(/\s+/).slice(0, gpus);
    const row = Number(match[1]);
    if (rows.has(row)) throw wrong(i, `GPU${row} has a second line.`);
    if (cells.length < gpus) throw wrong(i, `GPU${row} has ${cells.length} of ${gpus} cells.`);
    const odd = cells.findIndex((cell, column) => (column === row) !== (cell === 'X') || !(cell === 'X' || PEER.has(cell) || BY_HOST.has(cell) || /^NV[1-9]\d?$/.test(cell)));
    if (odd >= 0) throw wrong(i, `the cell of GPU${row} and GPU${odd} is "${cells[odd]!}".`);
    rows.set(row, cells);
  }
  for (let g = 0; g < gpus; g++) if (!rows.has(g)) throw wrong(at, `GPU${g} has no line.`);
  const kinds = new Set<string>();
  for (const [row, cells] of rows) cells.forEach((cell, column) => {
    if (row === column) return;
    if (rows.get(column)![row] !== cell) throw wrong(at, `GPU${row} to GPU${column} is "${cell}", but back it is "${rows.get(column)![row]!}".`);
    kinds.add(cell);
  });
  const slowest = [...kinds].sort((a, b) => rank(a) - rank(b))[0];
  const nvlinks = slowest === undefined || BY_HOST.has(slowest) ? null : PEER.has(slowest) ? 0 : Number(slowest.slice(2));
  const notes = ['The matrix does not say what the GPUs are: their numbers are those of the preset.'];
  if (kinds.size > 1) notes.push(`Pairs of GPUs differ (${[...kinds].sort().join(', ')}); all get the slowest, ${slowest!}.`);
  return { cluster: serverOf(options.device, gpus, nvlinks, `nvidia-smi topo -m (${slowest ?? 'one GPU'})`, subject, options), notes };
}

const rank = (cell: string): number => (BY_HOST.has(cell) ? 0 : PEER.has(cell) ? 1 : 1 + Number(cell.slice(2)));
