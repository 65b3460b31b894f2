import { expect } from 'vitest';

/*
 * Screens are tested with the production build of React, which is the one in the app, and takes a third of the time
 * less. React chooses its build by NODE_ENV when it is loaded. Other tests keep theirs: programs that they start
 * inherit it, and `npm install` leaves out devDependencies in production.
 */

if (/[\\/]test[\\/]tui[\\/]/.test(expect.getState().testPath ?? '')) process.env.NODE_ENV = 'production';
