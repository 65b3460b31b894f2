/*
 * Control sequences sent in addition to the frames. Every mode that is turned on here is turned off on every
 * exit.
 */

/** Clicks and the wheel, in SGR coordinates. */
export const mouseOn = '\u001b[?1000h\u001b[?1006h';
export const mouseOff = '\u001b[?1006l\u001b[?1000l';

/** Queries the background colour (OSC 11). */
export const askBackground = '\u001b]11;?\u0007';

/** Puts text on the clipboard of the user's terminal, also over SSH (OSC 52). */
export const copyText = (text: string): string =>
  `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;

export const eraseScreen = '\u001b[H\u001b[2J';
