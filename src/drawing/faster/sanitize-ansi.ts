import original from '../../../node_modules/ink/build/sanitize-ansi.js';
import { remembered } from './remembered.ts';

/*
 * Memoizes Ink's own sanitizing of every text in every frame. migtui's text was already made safe
 * (theme/paint.ts); this is a second check of the same kind.
 */
export default remembered(original);
