import * as vscode from 'vscode';
import { formatPercent, formatSeconds } from '../shared/format';
import type { PlanViews } from './planViews';

/** The plan that is in front, in a few characters: its time per sample, and how far it may be from the best. A click says what can be done with it. */
export function registerStatusBar(views: PlanViews): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('stagewright.plan', vscode.StatusBarAlignment.Right, 100);
  item.name = vscode.l10n.t('Stagewright Plan');
  const update = (): void => {
    const session = views.active();
    const plan = session?.shown()?.view.plan;
    if (!session || !plan) return item.hide();
    const { value, lowerBound, optimal, sentence } = plan.certificate;
    const gap = lowerBound > 0 ? vscode.l10n.t('within {0}', formatPercent(value / lowerBound - 1)) : vscode.l10n.t('not proven');
    const mark = plan.stale !== null ? '$(warning)' : optimal ? '$(verified-filled)' : '$(layers)';
    const suffix = plan.stale !== null ? vscode.l10n.t('stale') : optimal ? '' : gap;
    item.text = [mark, formatSeconds(value), suffix].filter((part) => part !== '').join(' ');
    item.tooltip = vscode.l10n.t('{0}: {1} per sample on {2}; {3}', session.shown()!.view.modelName, formatSeconds(value), plan.cluster.name, plan.stale ?? sentence);
    item.accessibilityInformation = { label: item.tooltip, role: 'button' };
    item.command = { title: vscode.l10n.t('Use Plan'), command: 'stagewright.usePlan' };
    item.show();
  };
  return vscode.Disposable.from(item, views.onDidChangeActive(update));
}
