import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkPlacements } from '../../../src/engine/checkPlacements';
import { editPlacement, moveOptions, movePreview, pinOptionsOf, startTrail } from '../../../src/engine/editPlacement';
import { openPlacement } from '../../../src/engine/openPlacement';
import { partitionModel } from '../../../src/engine/partitionModel';
import { rehearseEdits } from '../../../src/engine/rehearseEdits';
import { resolveWithPins } from '../../../src/engine/resolveWithPins';
import type { PlanEdit } from '../../../src/shared/planEdits';
import { unattended } from '../../../src/shared/progress';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { edited as editedFrom } from '../../fixtures/edited';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from './planned';

const folder = modelFolder();
const modelPath = join(folder.path, 'net.onnx');
const sidecarPath = `${modelPath}.placement.json`;

/** t0 to t7 in a chain: the best plan for the three devices has 3, 2 and 3 of them, or the like. */
function saveChain(length = 8): void {
  const nodes = Array.from({ length }, (_, i) => node('Relu', [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`]));
  folder.save('net.onnx', encodeModel(graph({ nodes, inputs: [valueInfo('x', 'float32', [8])], outputs: [valueInfo(`t${length - 1}`)] })));
}
/** The text of the best plan. */
const solved = async (): Promise<string> => (await partitionModel({ modelPath, cluster: join(folder.path, 'steady.cluster.json') }, unattended)).text;
const open = (text: string) => openPlacement(sidecarPath, unattended, text);
const move = (operator: string, stage: number, along = false): PlanEdit => ({ kind: 'move', operators: [operator], stage, along });
const edited = (text: string, ...edits: PlanEdit[]) => editedFrom(open(text), edits);
function done(result: ReturnType<typeof edited>) {
  if ('refused' in result) throw new Error(result.refused);
  return result;
}
const stagesOf = (text: string): number[] => open(text).view.operators.map(({ stage }) => stage);
/** First and last operator of each stage. */
function ends(text: string, stage: number): [string, string] {
  const { view } = open(text);
  const members = view.operators.filter((operator) => operator.stage === stage);
  return [members[0]!.id, members.at(-1)!.id];
}

let text = '';
beforeEach(async () => {
  saveChain();
  folder.save('steady.cluster.json', Buffer.from(JSON.stringify(steady)));
  text = await solved();
});

describe('editing a plan', () => {
  it('moves an operator at a cut, with new loads, memory and value, and no proof that is not one', () => {
    const before = open(text).view;
    const [first] = ends(text, 1);
    const { view, said, text: after } = done(edited(text, move(first, 0)));
    expect(said).toBe('Moved 1 operator to stage 0.');
    const plan = view.plan!;
    expect(plan.stages[0]!.operatorCount).toBe(before.plan!.stages[0]!.operatorCount + 1);
    expect(plan.stages[0]!.loadSeconds).toBeGreaterThan(before.plan!.stages[0]!.loadSeconds);
    expect(plan.certificate).toMatchObject({ optimal: false, method: 'edited', lowerBound: before.plan!.certificate.lowerBound });
    expect(plan.certificate.value).toBeGreaterThan(before.plan!.certificate.value);
    // what the file says is what opening it computes
    folder.save('net.onnx.placement.json', after);
    expect(checkPlacements([sidecarPath], unattended)[0]).toMatchObject({ state: 'fresh' });
    expect(open(after).view.plan!.certificate.value).toBeCloseTo(plan.certificate.value, 12);
  });

  it('says which two operators a move would part', () => {
    const last = ends(text, 1)[1];
    const result = edited(text, move(last, 0));
    expect(result).toEqual({ refused: expect.stringMatching(/^“t\d” reads from “t\d”, which is in the later stage 1\.$/) });
    expect(edited(text, move('t0', 1))).toEqual({ refused: expect.stringMatching(/^“t1” in the earlier stage 0 reads from “t0”\.$/) });
    expect(edited(text, move('t0', 0))).toEqual({ refused: 'It is in stage 0 already.' });
    expect(edited(text, move('gone', 0))).toEqual({ refused: 'The model has no such operator any more.' });
    expect(edited(text, move('t0', 9))).toEqual({ refused: 'There is no stage 9.' });
  });

  it('moves what must follow, and drops a stage that is left empty', () => {
    const last = ends(text, 1)[1];
    const count = open(text).view.plan!.stages[1]!.operatorCount;
    const { said, view } = done(edited(text, move(last, 0, true)));
    expect(said).toBe(`Moved ${count} operators to stage 0.`);
    expect(view.plan!.stages.map(({ name }) => name)).toEqual(['0', '1']);
  });

  it('is optimal again, to the byte of its value, once the operator is back', () => {
    const [first] = ends(text, 1);
    const { view, text: after } = done(edited(text, move(first, 0), move(first, 1)));
    expect(stagesOf(after)).toEqual(stagesOf(text));
    expect(view.plan!.certificate).toMatchObject({ optimal: true, value: open(text).view.plan!.certificate.value });
  });

  it('is the same whether steps are taken together or one after the other', () => {
    const [a] = ends(text, 1);
    const [b] = ends(text, 2);
    const steps = [move(a, 0), { kind: 'pin', operators: [a], device: 'gpu:0' }, move(b, 1)] as const;
    const apart = steps.reduce((before, step) => done(edited(before, step)).text, text);
    expect(done(edited(text, ...steps)).text).toBe(apart);
  });

  it('lists where an operator may go, as the moves themselves are judged', () => {
    const opened = open(text);
    opened.view.operators.forEach(({ id }, operator) => {
      for (const { stage, alone, along, operators } of moveOptions(startTrail(opened), [], [operator])) {
        for (const [reason, together] of [[alone, false], [along, true]] as const) {
          const result = edited(text, move(id, stage, together));
          if (operators === 0) continue;
          expect('refused' in result ? result.refused : null).toBe(reason);
        }
      }
    });
  });
});

describe('a plan that is edited', () => {
  it('looks in the panel as the file that is written looks when it is opened', () => {
    const [first, last] = ends(text, 1);
    for (const steps of [[move(first, 0)], [move(last, 0, true)], [move(first, 0), { kind: 'pin', operators: [first], device: 'gpu:0' } as const]]) {
      const { view, text: after } = done(edited(text, ...steps));
      const again = open(after).view;
      expect(view.operators).toEqual(again.operators);
      // what is recorded has nine digits
      expect({ ...view.plan!, certificate: null }).toEqual({ ...again.plan!, certificate: null });
      expect(view.tensors).toEqual(again.tensors);
    }
  });

  it('is followed from step to step as from the beginning, back and forth', () => {
    const trail = startTrail(open(text));
    const [a] = ends(text, 1);
    const [b] = ends(text, 2);
    const steps = [move(a, 0), move(b, 1)];
    for (const count of [1, 2, 1, 0, 2, 0, 1]) {
      const result = editPlacement(trail, steps.slice(0, count));
      if ('refused' in result) throw new Error(result.refused);
      const expected = count === 0 ? open(text).view : done(edited(text, ...steps.slice(0, count))).view;
      expect(result.state.plan).toEqual(expected.plan);
      expect([...result.state.stages]).toEqual(expected.operators.map(({ stage }) => stage));
      expect(result.state.warnings).toEqual(expected.warnings);
    }
  });

  it('is as its preview said, for every move of one and of two operators', () => {
    const opened = open(text);
    let legal = 0;
    opened.view.operators.forEach((_, operator) => {
      for (const operators of [[operator], [operator, (operator + 3) % 8].sort((x, y) => x - y)]) {
        for (const stage of [0, 1, 2]) {
          for (const along of [false, true]) {
            const preview = movePreview(startTrail(opened), [], { operators, stage, along });
            const result = edited(text, { kind: 'move', operators: operators.map((o) => opened.view.operators[o]!.id), stage, along });
            expect('refused' in result ? result.refused : null).toBe(preview.refused);
            if ('refused' in result) continue;
            legal++;
            expect(preview.value).toBe(result.view.plan!.certificate.value);
            // a stage that is left empty is gone, and the others count one less: what moved is told by the device
            const deviceOf = ({ plan, operators: all }: typeof result.view, o: number): string => plan!.stages[all[o]!.stage]!.device;
            const moved = opened.view.operators.flatMap((_operator, o) => (deviceOf(opened.view, o) === deviceOf(result.view, o) ? [] : [o]));
            expect([...preview.moved].sort((x, y) => x - y)).toEqual(moved);
          }
        }
      }
    });
    expect(legal).toBeGreaterThan(10);
  });
});

describe('every kind of plan', () => {
  it.each([
    ['1f1b', {}],
    ['gpipe', {}],
    ['latency', { slots: 2 }],
    ['throughput', { replicas: 2 }],
  ] as const)('for %s %j is edited as its own evaluator judges', async (objective, planning) => {
    const { text: made } = await partitionModel({ modelPath, cluster: join(folder.path, 'steady.cluster.json'), objective, ...planning }, unattended);
    const opened = open(made);
    let legal = 0;
    for (const [operator, { id }] of opened.view.operators.entries()) {
      for (const { stage, along, operators } of moveOptions(startTrail(opened), [], [operator])) {
        if (along !== null || operators === 0) continue;
        legal++;
        const { text: after, view } = done(edited(made, move(id, stage, true)));
        folder.save('net.onnx.placement.json', after);
        expect(checkPlacements([sidecarPath], unattended)[0]).toMatchObject({ state: 'fresh', message: '' });
        expect(view.plan!.objective).toBe(objective);
        expect(view.plan!.certificate.value).toBeGreaterThanOrEqual(opened.view.plan!.certificate.lowerBound);
      }
    }
    expect(legal > 0).toBe(opened.view.plan!.stages.length > 1);
  });
});

describe('pins', () => {
  const pin = (operator: string, device: string): PlanEdit => ({ kind: 'pin', operators: [operator], device });

  it('keep an operator where it is, and are in the file', () => {
    const [first] = ends(text, 1);
    const pinned = done(edited(text, pin(first, 'gpu:1')));
    expect(pinned.said).toBe('Pinned 1 operator to gpu:1.');
    expect(pinned.file.pins).toEqual([{ operator: first, device: 'gpu:1' }]);
    expect(pinned.view.plan!.pins).toEqual([{ operator: pinned.view.operators.findIndex(({ id }) => id === first), to: { device: 'gpu:1' }, kept: true }]);
    expect(pinned.view.plan!.certificate.optimal).toBe(true);
    expect(edited(pinned.text, move(first, 0))).toEqual({ refused: `“${first}” is pinned to gpu:1: unpin it first.` });
    const unpinned = done(edited(pinned.text, { kind: 'unpin', operators: [first] }));
    expect(unpinned.file.pins).toEqual([]);
    expect(unpinned.view.plan!.certificate).toMatchObject({ optimal: false, lowerBound: 0 });
    expect(edited(text, { kind: 'unpin', operators: [first] })).toEqual({ refused: 'It is not pinned.' });
    expect(edited(text, pin(first, 'gpu:9'))).toEqual({ refused: 'The cluster has no device gpu:9.' });
  });

  it('that the plan does not keep are told, and kept by solving again', async () => {
    const pinned = done(edited(text, pin('t0', 'gpu:0'), pin('t4', 'gpu:0')));
    const elsewhere = open(text).view.operators[4]!.stage !== 0;
    expect(elsewhere).toBe(true);
    expect(pinned.view.plan!.certificate.optimal).toBe(false);
    expect(pinned.view.warnings.join()).toMatch(/1 pinned operator is elsewhere in this plan/);
    const resolved = await resolveWithPins({ sidecarPath, text: pinned.text }, unattended);
    expect(resolved.file.pins).toEqual(pinned.file.pins);
    const { operators, plan, warnings } = resolved.view;
    expect(warnings).toEqual([]);
    for (const i of [0, 4]) expect(plan!.stages[operators[i]!.stage]!.device).toBe('gpu:0');
    expect(plan!.certificate.optimal).toBe(true);
    expect(plan!.certificate.value).toBeGreaterThanOrEqual(open(text).view.plan!.certificate.value);
  });

  it('to two equal devices are kept apart, even where one device would be best for both', async () => {
    saveChain(2);
    folder.save('steady.cluster.json', Buffer.from(JSON.stringify({ ...steady, links: steady.links!.map((link) => ({ ...link, latencySeconds: 1 })) })));
    const best = await solved();
    expect(open(best).view.plan!.stages).toHaveLength(1);
    const pinned = done(edited(best, pin('t0', 'gpu:2'), pin('t1', 'gpu:1')));
    const { view } = await resolveWithPins({ sidecarPath, text: pinned.text }, unattended);
    expect(view.plan!.stages.map(({ device }) => device)).toEqual(['gpu:2', 'gpu:1']);
    expect(view.warnings).toEqual([]);
  });

  const toStage = (stage: number, ...operators: string[]): PlanEdit => ({ kind: 'pin', operators, stage });

  it('to another stage are not kept at first, and kept by solving again', async () => {
    const first = ends(text, 1)[1];
    const pinned = done(edited(text, toStage(2, first)));
    expect(pinned.said).toBe('Pinned 1 operator to stage 2.');
    expect(pinned.file.pins).toEqual([{ operator: first, stage: 2 }]);
    expect(pinned.view.plan!.pins).toMatchObject([{ to: { stage: 2 }, kept: false }]);
    expect(pinned.view.plan!.certificate).toMatchObject({ optimal: false, lowerBound: open(text).view.plan!.certificate.lowerBound, sentence: 'not the plan that was asked for: its pin is not kept' });
    const { view, file, text: solvedText } = await resolveWithPins({ sidecarPath, text: pinned.text }, unattended);
    expect(view.operators.find(({ id }) => id === first)!.stage).toBe(2);
    expect(view.plan!.pins).toMatchObject([{ to: { stage: 2 }, kept: true }]);
    expect(view.plan!.certificate).toMatchObject({ optimal: true, sentence: 'optimal: no contiguous split of this graph that keeps the pin is faster' });
    expect(file.pins).toEqual(pinned.file.pins);
    // it stays in stage 2, and may move there from elsewhere
    expect(edited(solvedText, move(first, 1))).toEqual({ refused: `“${first}” is pinned to stage 2: unpin it first.` });
    expect(done(edited(pinned.text, move(first, 2))).view.plan!.pins).toMatchObject([{ kept: true }]);
  });

  it('to a stage and to a device go together', async () => {
    const pinned = done(edited(text, toStage(0, 't0', 't1'), pin('t2', 'gpu:2'), toStage(2, 't3')));
    const { view } = await resolveWithPins({ sidecarPath, text: pinned.text }, unattended);
    const at = (id: string): number => view.operators.find((operator) => operator.id === id)!.stage;
    expect([at('t0'), at('t1'), at('t2'), at('t3')]).toEqual([0, 0, 1, 2]);
    expect(view.plan!.stages[1]!.device).toBe('gpu:2');
    expect(view.warnings).toEqual([]);
  });

  it('that contradict others are refused, with the reason', () => {
    const refusal = (...edits: PlanEdit[]): string => (edited(text, ...edits) as { refused: string }).refused;
    expect(refusal(toStage(4, 't7'))).toBe('“t7” is pinned to stage 4, but 4 devices make stages 0 to 3 at most.');
    expect(refusal(toStage(2, 't3'), toStage(1, 't5'))).toBe('“t5” is pinned to stage 1, but it depends on “t3”, which is pinned to stage 2.');
    expect(refusal(toStage(2, 't1'))).toBe('“t1” is pinned to stage 2, but too little can come before it to fill the stages before: all but 1 of the operators depend on it or are pinned behind it.');
    expect(refusal(pin('t0', 'gpu:0'), pin('t1', 'gpu:1'), pin('t2', 'gpu:0'))).toMatch(/^What is pinned to gpu:0 and what is pinned to gpu:1 depend on each other in a circle/);
    // the last pin of an operator is the one that counts
    expect(done(edited(text, toStage(2, 't3'), toStage(1, 't3'), toStage(1, 't5'))).file.pins).toEqual([{ operator: 't3', stage: 1 }, { operator: 't5', stage: 1 }]);
  });

  it('may lead wherever the list says, and nowhere else', () => {
    const pinned = done(edited(text, toStage(1, 't4'), pin('t6', 'cpu:0'))).text;
    const trail = startTrail(open(pinned));
    trail.opened.view.operators.forEach(({ id }, operator) => {
      const options = pinOptionsOf(trail, [], operator, '');
      expect(pinOptionsOf(trail, [], operator, '/nowhere')).toEqual([]);
      expect(options.map(({ to }) => to)).toEqual([...[0, 1, 2, 3].map((stage) => ({ stage })), ...['gpu:0', 'gpu:1', 'gpu:2', 'cpu:0'].map((device) => ({ device }))]);
      for (const { to, reason, here } of options) {
        const result = edited(pinned, { kind: 'pin', operators: [id], ...to });
        if (reason === 'Pinned there already.') continue;
        expect('refused' in result ? result.refused : null, `${id} ${JSON.stringify(to)}`).toBe(reason);
        if (reason === null) expect(done(result).view.plan!.pins!.find((other) => other.operator === operator)).toEqual({ operator, to, kept: here });
      }
    });
  });

  it('that no plan keeps are an error that says which', async () => {
    const withPins = (...pins: object[]): string => text.replace('"pins": []', `"pins": ${JSON.stringify(pins)}`);
    const resolving = (...pins: object[]): Promise<unknown> => resolveWithPins({ sidecarPath, text: withPins(...pins) }, unattended);
    await expect(resolving({ operator: 't0', device: 'gpu:0' }, { operator: 't1', device: 'gpu:1' }, { operator: 't2', device: 'gpu:0' })).rejects.toThrow(
      'net.onnx: cannot be placed with its pins. What is pinned to gpu:0 and what is pinned to gpu:1 depend on each other in a circle, so they cannot be apart: “t0” and “t1” are among them. Change or remove one of them.',
    );
    await expect(resolving({ operator: 't3', stage: 2 }, { operator: 't5', stage: 1 })).rejects.toThrow('“t5” is pinned to stage 1, but it depends on “t3”, which is pinned to stage 2.');
  });

});

describe('a rehearsal', () => {
  it('leaves the steps that were taken, and what follows from them, as they are', async () => {
    saveChain();
    const text = await solved();
    const trail = startTrail(open(text));
    const [, last] = ends(text, 0);
    const steps = [move(last, 1)];
    const stateNow = () => {
      const result = editPlacement({ ...trail, steps: [] }, steps);
      return 'refused' in result ? result : result.state;
    };
    editPlacement(trail, steps);
    const [taken, state] = [[...trail.steps], stateNow()];
    expect(state).toMatchObject({ plan: { certificate: { method: 'edited' } } });
    rehearseEdits(trail, steps, unattended);
    expect(trail.steps).toEqual(taken);
    expect(stateNow()).toEqual(state);
  });

  it('ends when it is asked to', async () => {
    saveChain();
    const trail = startTrail(open(await solved()));
    let asked = 0;
    rehearseEdits(trail, [], { ...unattended, stopRequested: () => ++asked > 2 });
    expect(asked).toBe(3);
  });
});
