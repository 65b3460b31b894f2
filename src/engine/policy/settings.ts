import { loadSettings } from '../../settings/load.ts';
import type { Protection } from '../../settings/protection.ts';
import type { EngineOptions } from '../api.ts';
import { protectionsIn } from './protections.ts';

/**
 * The combined protections of an option and the settings of the project and the user.
 * @throws Failure `settings-invalid`
 */
export async function allProtections(
  root: string,
  option: EngineOptions['protected'],
): Promise<readonly Protection[]> {
  const { protected: asked } = await loadSettings(root, process.env);
  return [...protectionsIn(option), ...asked];
}
