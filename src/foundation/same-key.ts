/** npx forwards a Ctrl-C that the terminal has also sent: within this time, it counts as the same one, ms. */
export const sameKeyMs = 500;
