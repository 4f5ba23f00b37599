import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editPlacement, moveOptions, startTrail, writeEdited } from '../../src/engine/editPlacement';
import { applyEdit, editable } from '../../src/engine/editPlan';
import { openPlacement } from '../../src/engine/openPlacement';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { writeDecoder } from '../fixtures/decoder';

/** Changing a plan of a large decoder by hand, against opening the changed placement anew. Medians of milliseconds. */

const RUNS = 15;

/** Median of several runs, the first of which is not counted. */
function milliseconds(work: () => void): number {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    work();
    if (run > 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[RUNS >> 1]!;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-bench-'));
  try {
    const modelPath = join(folder, 'decoder.onnx');
    writeDecoder(modelPath, { layers: 112, hidden: 1024, heads: 16 });
    const { text, sidecarPath } = await partitionModel({ modelPath, cluster: 'a100x8', method: 'linearized' }, unattended);
    const opened = openPlacement(sidecarPath, unattended, text);
    const { operators, plan } = opened.view;
    // in the middle of the graph, at a cut
    const stage = plan!.stages.length >> 1;
    const first = operators.findIndex((operator) => operator.stage === stage && !operator.foldable);
    const move = { kind: 'move', operators: [operators[first]!.id], stage: stage - 1, along: true } as const;
    const start = editable(opened.planned!, plan!.certificate.method);
    const anew = milliseconds(() => void openPlacement(sidecarPath, unattended, text));
    const rows: [string, number][] = [
      ['one move, judged', milliseconds(() => void applyEdit(start, move))],
      [`where one operator may go (${plan!.stages.length} stages)`, milliseconds(() => void moveOptions(startTrail(opened), [], [first]))],
      ['one move, with all that the panel shows of it', milliseconds(() => void editPlacement(startTrail(opened), [move]))],
      ['the same with its file', milliseconds(() => void writeEdited(startTrail(opened), [move]))],
      ['opening the placement anew', anew],
    ];
    console.log(`${operators.length} operators, ${start.movable.stageOf.length} of them placed`);
    for (const [name, time] of rows) console.log(`${name.padEnd(44)} ${time.toFixed(1).padStart(8)} ms ${(anew / time).toFixed(1).padStart(8)} x`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
