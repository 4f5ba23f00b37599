import { describe, expect, it } from 'vitest';
import type { PinView, PlanView } from '../../../src/shared/planView';
import { brokenPinsText, pinText, spokenPin } from '../../../webview/edit/pinText';
import { cnnView } from '../../fixtures/planViews';

const plain = cnnView(40, 3);
const withPins = (...pins: PinView[]): PlanView => ({ ...plain, plan: { ...plain.plan!, pins } });
const name = (operator: number): string => plain.operators[operator]!.name;

describe('what is said of pins', () => {
  it.each<[PinView, string, string]>([
    [{ operator: 0, to: { stage: 2 }, kept: true }, 'Pinned to stage 2', 'pinned to stage 2'],
    [{ operator: 0, to: { stage: 2 }, kept: false }, 'Pinned to stage 2, not kept by this plan', 'pinned to stage 2, which this plan does not keep'],
    [{ operator: 0, to: { device: 'a100:1' }, kept: true }, 'Pinned to a100:1', 'pinned to a100:1'],
    [{ operator: 0, to: { device: 'a100:1' }, kept: false }, 'Pinned to a100:1, not kept by this plan', 'pinned to a100:1, which this plan does not keep'],
  ])('%j', (pin, line, spoken) => {
    expect([pinText(pin), spokenPin(pin)]).toEqual([line, spoken]);
  });

  it('names the pins that a plan does not keep, as far as one sentence does', () => {
    expect(brokenPinsText(plain)).toBe('');
    expect(brokenPinsText({ ...plain, plan: null })).toBe('');
    expect(brokenPinsText(withPins({ operator: 3, to: { stage: 1 }, kept: true }))).toBe('');
    expect(brokenPinsText(withPins({ operator: 3, to: { stage: 1 }, kept: false }, { operator: 4, to: { stage: 1 }, kept: true }))).toBe(`The pin of “${name(3)}” to stage 1 is not kept by this plan.`);
    expect(brokenPinsText(withPins({ operator: 3, to: { device: 'a100:0' }, kept: false }))).toBe(`The pin of “${name(3)}” to a100:0 is not kept by this plan.`);
    expect(brokenPinsText(withPins({ operator: 3, to: { stage: 1 }, kept: false }, { operator: 4, to: { stage: 1 }, kept: false }))).toBe('2 pins to stage 1 are not kept by this plan.');
    expect(brokenPinsText(withPins({ operator: 3, to: { device: 'a100:0' }, kept: false }, { operator: 4, to: { device: 'a100:0' }, kept: false }))).toBe('2 pins to a100:0 are not kept by this plan.');
    expect(brokenPinsText(withPins({ operator: 3, to: { stage: 1 }, kept: false }, { operator: 4, to: { stage: 2 }, kept: false }))).toBe('2 pins are not kept by this plan.');
  });
});
