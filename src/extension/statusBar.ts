import * as vscode from 'vscode';
import { formatPercent, formatSeconds } from '../shared/format';
import type { PlanDetails } from '../shared/planView';
import type { PlanViews } from './planViews';

/** The plan that is in front, in a few characters: its time per sample, and how far it may be from the best. A click says what can be done with it. */
export function registerStatusBar(views: PlanViews): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('stagewright.plan', vscode.StatusBarAlignment.Right, 100);
  item.name = vscode.l10n.t('Stagewright Plan');
  item.command = { title: vscode.l10n.t('Use Plan'), command: 'stagewright.usePlan' };
  const update = (): void => {
    const shown = views.active()?.shown();
    const plan = shown?.view.plan;
    if (!shown || !plan) return item.hide();
    const { certificate, cluster, stale } = plan;
    const time = formatSeconds(certificate.value);
    item.text = `${stale !== null ? '$(warning)' : certificate.optimal ? '$(verified-filled)' : '$(layers)'} ${time} · ${certainty(plan)}`;
    const lines = [
      vscode.l10n.t('{0}: {1} per sample on {2}; {3}.', shown.view.modelName, time, cluster.name, certificate.sentence),
      ...(stale === null ? [] : [vscode.l10n.t('The model has changed since this plan was made: {0}.', stale)]),
      ...(shown.dirty ? [vscode.l10n.t('The plan is not saved.')] : []),
      vscode.l10n.t('Select to export, split, report, verify or measure it.'),
    ];
    item.tooltip = lines.join('\n');
    item.accessibilityInformation = { label: lines.join(' '), role: 'button' };
    item.show();
  };
  return vscode.Disposable.from(item, views.onDidChangeActive(update));
}

/** What is known of how good a plan is, in a word or three. */
function certainty({ certificate: { value, lowerBound, optimal }, stale }: PlanDetails): string {
  if (stale !== null) return vscode.l10n.t('stale');
  if (optimal) return vscode.l10n.t('optimal');
  return lowerBound > 0 ? vscode.l10n.t('within {0}', formatPercent(value / lowerBound - 1)) : vscode.l10n.t('not proven');
}
