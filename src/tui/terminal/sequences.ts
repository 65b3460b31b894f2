/*
 * What we say to the terminal beside the frames. Every mode that is switched on here is switched off on every way out.
 */

/** Clicks and the wheel, in SGR coordinates. */
export const mouseOn = '\u001b[?1000h\u001b[?1006h';
export const mouseOff = '\u001b[?1006l\u001b[?1000l';

/** Asks for the background colour (OSC 11). */
export const askBackground = '\u001b]11;?\u0007';

/** Puts text on the clipboard of the terminal that is looked at, over SSH as well (OSC 52). */
export const copyText = (text: string): string =>
  `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;

export const eraseScreen = '\u001b[H\u001b[2J';
