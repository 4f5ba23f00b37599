import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { PictureOf } from '../shared/messages';
import type { Picture } from '../shared/picture';

/** Asks where a picture goes and writes it, as what the name of the file says. */
export async function savePicture(modelPath: string, what: PictureOf, { svg, png }: Picture): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Picture'),
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(dirname(modelPath)), `${basename(modelPath)}.${what}.svg`),
    filters: { [vscode.l10n.t('Vector graphics')]: ['svg'], [vscode.l10n.t('Bitmap')]: ['png'] },
  });
  if (!target) return;
  const bytes = target.path.toLowerCase().endsWith('.png') ? Buffer.from(png, 'base64') : Buffer.from(svg, 'utf8');
  await vscode.workspace.fs.writeFile(target, bytes);
}
