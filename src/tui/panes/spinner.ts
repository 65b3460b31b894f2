import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import type { State } from '../state/model.ts';

/** Milliseconds per frame. */
export const spinnerPace = 100;

/** The current frame of the spinner; a fixed one if motion is off. */
export function spinner(state: Pick<State, 'appearance' | 'settings' | 'now'>): string {
  const glyphs = glyphsOf(state.appearance.ascii);
  if (!state.settings.motion) return glyphs.ellipsis;
  return glyphs.spinner[Math.floor(state.now / spinnerPace) % glyphs.spinner.length] as string;
}
