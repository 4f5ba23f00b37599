import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../sidecar/fileErrors';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';

/** Folders that hold no placements of one's own. */
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn']);

/**
 * The placement files under some paths, each once, folders in the order of their names. A path that is a file is taken whatever its name;
 * symbolic links inside folders are not followed, so that the search stays where it was told to look and comes to an end.
 *
 * @throws UserError if one of the paths does not exist
 */
export function findPlacements(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    if (isFolder(path)) searchFolder(path, found);
    else found.add(path);
  }
  return [...found];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw fileError(error, path);
  }
}

function searchFolder(root: string, found: Set<string>): void {
  const open = [root];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const below: string[] = [];
    for (const name of readableNames(folder, folder === root)) {
      const path = folder === '.' ? name : join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() && !SKIPPED.has(name)) below.push(path);
      // a linked placement is still one of this folder's files
      else if (name.endsWith(PLACEMENT_SUFFIX) && (stat?.isFile() || stat?.isSymbolicLink())) found.add(path);
    }
    open.push(...below.reverse());
  }
}

/** Folders that we may not look into are passed over, unless they were asked for by name. */
function readableNames(folder: string, named: boolean): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (named) throw fileError(error, folder);
    return [];
  }
}
