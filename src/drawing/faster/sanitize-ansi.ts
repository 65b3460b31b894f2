import original from '../../../node_modules/ink/build/sanitize-ansi.js';
import { remembered } from './remembered.ts';

/*
 * Ink's own cleaning of every text of every frame, remembered. What we draw was made safe before (theme/paint.ts):
 * this is a second check of the same kind.
 */
export default remembered(original);
