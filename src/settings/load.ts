import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LilconfigResult, lilconfig } from 'lilconfig';
import { Failure } from '../foundation/failure.ts';
import { isRegular } from '../foundation/regular-file.ts';
import { parseDuration } from './duration.ts';
import { fleetSettings } from './fleet.ts';
import { protectionsIn } from './protection.ts';
import type { SettingsFile } from './schema.ts';
import type { BackupSettings, Settings } from './settings.ts';
import { type StrictRule, strictRules } from './strict.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const projectFiles = [
  'package.json',
  'migtui.config.js',
  'migtui.config.mjs',
  'migtui.config.ts',
  'migtui.config.json',
];

/**
 * Project settings at `root`, merged over user settings.
 * @throws Failure `settings-invalid`, with all problems
 */
export async function loadSettings(root: string, env: Environment): Promise<Settings> {
  const [{ file: userFile, settings: user }, { file: projectFile, settings: project }] = await Promise.all([
    read(userFolder(env), ['config.json']),
    read(root, projectFiles),
  ]);
  const file: SettingsFile = { ...user, ...project, keys: { ...user.keys, ...project.keys } };
  return {
    keys: Object.fromEntries(Object.entries(file.keys ?? {}).map(([id, keys]) => [id, [keys].flat()])),
    theme: file.theme ?? 'auto',
    ascii: file.ascii,
    mouse: file.mouse ?? true,
    motion: file.motion ?? true,
    columns: file.columns ?? ['age', 'author', 'duration', 'size'],
    layout: file.layout ?? 'full',
    live: file.live ?? true,
    connectTimeout: duration(file.connectTimeout),
    answerTimeout: duration(file.answerTimeout),
    lockWait: duration(file.lockWait),
    lockTimeout: duration(file.lockTimeout),
    statementTimeout: duration(file.statementTimeout),
    retries: file.retries,
    transaction: file.transaction,
    // No file can weaken what another one protects.
    protected: [
      ...protectionsIn(project.protected, basename(projectFile)),
      ...protectionsIn(user.protected, userFile),
    ],
    backup: backupSettings(file.backup),
    lint: file.lint ?? {},
    readOnly: file.readOnly ?? false,
    strict: rulesOf(file.strict),
    shadow: typeof file.shadow === 'object' ? file.shadow.server : file.shadow,
    baseline: typeof file.shadow === 'object' ? file.shadow.baseline : undefined,
    notCompared: file.notCompared ?? [],
    fleet: fleetSettings(file.fleet),
    editor: file.editor,
  };
}

function backupSettings(setting: SettingsFile['backup']): BackupSettings {
  const given = typeof setting === 'object' ? setting : {};
  return {
    always: setting === true || given.always === true,
    folder: given.folder ?? 'backups',
    format: given.format ?? 'custom',
    jobs: given.jobs,
    pgDump: given.pgDump,
    keep: given.keep,
    keepFor: duration(given.keepFor),
  };
}

function rulesOf(strict: SettingsFile['strict']): readonly StrictRule[] {
  if (strict === true) return strictRules;
  return strict || [];
}

/**
 * The folder of user settings: `$XDG_CONFIG_HOME/migtui`, `~/.config/migtui`, or on Windows
 * `%APPDATA%\migtui`.
 */
export function userFolder(env: Environment): string {
  const base = env.XDG_CONFIG_HOME || (env.APPDATA ?? join(env.HOME || homedir(), '.config'));
  return join(base, 'migtui');
}

interface Found {
  /** Absolute; empty if there is none. */
  readonly file: string;
  readonly settings: SettingsFile;
}

async function read(folder: string, files: string[]): Promise<Found> {
  const searcher = lilconfig('migtui', {
    searchPlaces: files,
    stopDir: folder,
    cache: false,
    loaders: { '.js': load, '.mjs': load, '.ts': load, '.json': parse },
  });
  const found = await search(searcher, folder, files);
  if (!found || found.isEmpty) return { file: '', settings: {} };
  // valibot is loaded only if there is something to validate.
  const { validate } = await import('./validate.ts');
  return { file: found.filepath, settings: validate(found.config, found.filepath) };
}

/** @throws Failure `settings-invalid` if a file is there and cannot be read */
async function search(
  searcher: ReturnType<typeof lilconfig>,
  folder: string,
  files: readonly string[],
  tries = 3,
): Promise<LilconfigResult> {
  try {
    for (const file of files) {
      const path = join(folder, file);
      if (existsSync(path) && !isRegular(path)) throw unreadable(file, new Error('it is not a regular file'));
    }
    return await searcher.search(folder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    // the file was deleted after it was found
    const vanished = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (vanished && tries > 1) return search(searcher, folder, files, tries - 1);
    const { path = 'the settings' } = error as NodeJS.ErrnoException;
    throw unreadable(basename(path), error);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw unreadable(basename(path), error);
  }
}

async function load(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return await module.default;
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw new Failure({
        code: 'settings-invalid',
        message: `${basename(path)} is TypeScript, which this Node (${process.versions.node}) does not load.`,
        next: 'Use Node 22.18 or newer, or write it as migtui.config.js.',
      });
    }
    throw unreadable(basename(path), error);
  }
}

function unreadable(file: string, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure(
    {
      code: 'settings-invalid',
      message: `${file} could not be read: ${reason}`,
      next: 'Fix the file; node_modules/migtui/docs/settings.md describes it.',
    },
    { cause: error },
  );
}

function duration(value: string | number | undefined): number | undefined {
  return value === undefined ? undefined : (parseDuration(value) ?? undefined);
}
