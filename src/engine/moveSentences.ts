import { t } from '@vscode/l10n';

/** A move of one operator to another stage. */
export interface Move {
  /** the operator in quotes; null where it is the one that is spoken of */
  readonly name: string | null;
  readonly to: number;
  /** operators that have to move with it */
  readonly along: number;
}

/** What a move would come to, in one sentence for each outcome. */
export function wouldNotFit(move: Move, device: string, needed: string, capacity: string): string {
  const { to, along } = move;
  const args = { it: moved(move), to, along, device, needed, capacity };
  if (along === 0) return t('Moving {it} to stage {to} would not fit: {device} would need {needed} of {capacity}.', args);
  return along === 1
    ? t('Moving {it} to stage {to} takes 1 operator along, which would not fit: {device} would need {needed} of {capacity}.', args)
    : t('Moving {it} to stage {to} takes {along} operators along, which would not fit: {device} would need {needed} of {capacity}.', args);
}

export function isImpossible(move: Move, why: string): string {
  const { to, along } = move;
  const args = { it: moved(move), to, along, why };
  if (along === 0) return t('Moving {it} to stage {to} is not possible: {why}.', args);
  return along === 1 ? t('Moving {it} to stage {to} takes 1 operator along, which is not possible: {why}.', args) : t('Moving {it} to stage {to} takes {along} operators along, which is not possible: {why}.', args);
}

export function wouldRaise(move: Move, stage: number, time: string, share: string): string {
  const { to, along } = move;
  const args = { it: moved(move), to, along, stage, time, share };
  if (along === 0) return t('Moving {it} to stage {to} would raise stage {stage} to {time} per sample, {share} more than the pipeline takes now.', args);
  return along === 1
    ? t('Moving {it} to stage {to} takes 1 operator along, which would raise stage {stage} to {time} per sample, {share} more than the pipeline takes now.', args)
    : t('Moving {it} to stage {to} takes {along} operators along, which would raise stage {stage} to {time} per sample, {share} more than the pipeline takes now.', args);
}

export function wouldLower(move: Move, time: string): string {
  const { to, along } = move;
  const args = { it: moved(move), to, along, time };
  if (along === 0) return t('Moving {it} to stage {to} would lower the time per sample to {time}.', args);
  return along === 1
    ? t('Moving {it} to stage {to} takes 1 operator along, which would lower the time per sample to {time}.', args)
    : t('Moving {it} to stage {to} takes {along} operators along, which would lower the time per sample to {time}.', args);
}

export function wouldLeave(move: Move, time: string): string {
  const { to, along } = move;
  const args = { it: moved(move), to, along, time };
  if (along === 0) return t('Moving {it} to stage {to} would leave the time per sample as it is, and bring that stage to {time}.', args);
  return along === 1
    ? t('Moving {it} to stage {to} takes 1 operator along, which would leave the time per sample as it is, and bring that stage to {time}.', args)
    : t('Moving {it} to stage {to} takes {along} operators along, which would leave the time per sample as it is, and bring that stage to {time}.', args);
}

/** @param along whether the operator of that type is another one, which would have to move with it */
export function isUnsupported(move: Move, device: string, type: string, along: boolean): string {
  const args = { it: mover(move), to: move.to, device, type };
  return along ? t('{it} cannot move to stage {to}: {device} does not run {type}, which would have to move along.', args) : t('{it} cannot move to stage {to}: {device} does not run {type}.', args);
}

export const isHeldByPin = (move: Move, pinned: string): string => t('{it} cannot move to stage {to}: "{pinned}", which would have to move along, is pinned.', { it: mover(move), to: move.to, pinned });

const moved = ({ name }: Move): string => name ?? t({ message: 'it', comment: 'The operator that is spoken of, filled into "Moving {it} to stage {to} …" where other sentences have its name in quotes' });
const mover = ({ name }: Move): string => name ?? t({ message: 'It', comment: 'The operator that is spoken of, filled into "{it} cannot move to stage {to} …" where other sentences have its name in quotes' });
