import type { Plugin } from 'esbuild';

export declare const fasterScreen: Plugin;
