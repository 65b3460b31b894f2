#!/usr/bin/env node
/*
 * Uses old syntax on purpose: an old Node must be able to parse it to report that it is too old. The rest of
 * the program is in dist/, written by `npm run build`.
 */
'use strict';

var required = [22, 17];
var running = process.versions.node.split('.').map(Number);

if (running[0] < required[0] || (running[0] === required[0] && running[1] < required[1])) {
  console.error(
    'migtui needs Node ' +
      required.join('.') +
      ' or newer, as MikroORM 7 does; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a newer Node (https://nodejs.org), or add one to the project: npm install --save-dev node@24',
  );
  process.exit(1);
}

require('./start.js');
