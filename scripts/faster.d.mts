import type { Plugin } from 'esbuild';

export declare const fasterScreen: (originals?: readonly string[]) => Plugin;
