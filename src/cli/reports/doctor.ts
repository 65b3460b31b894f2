import type { DoctorCheck, DoctorReport, DoctorStatus } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { indent } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';

/** `migtui doctor`: checks everything that migtui depends on, and explains how to fix problems. */
export const doctor: Definition = (program, act) =>
  program
    .command('doctor')
    .description(
      'check versions, connection, permissions, shadow and tools; exit code 1 when something does not work',
    )
    .addHelpText(
      'after',
      examples({
        'migtui doctor': 'before a bug report, or in a new environment',
        'migtui doctor --context production': 'the database of another context',
        'migtui doctor --json': 'for scripts',
      }),
    )
    .action(act(examine));

async function examine(call: Call): Promise<number> {
  const report = await reportOf(call);
  call.output.answer(report, report => report, draw);
  return report.ok ? 0 : 1;
}

/** A project that cannot be opened is a result of the check, not a failure of the command. */
async function reportOf(call: Call): Promise<DoctorReport> {
  try {
    const engine = await call.engine();
    return await engine.doctor(call.settings.backup.pgDump);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'internal') throw error;
    const { code, message, next } = error;
    const id = code.startsWith('mikro-orm') ? 'mikro-orm' : 'config';
    return {
      checks: [
        { id: 'node', status: 'ok', message: `Node ${process.versions.node}` },
        { id, status: 'error', message, next },
        { id: 'connection', status: 'skipped', message: 'Not checked: the project could not be opened.' },
      ],
      ok: false,
    };
  }
}

function draw({ checks }: DoctorReport, paint: Paint): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const counts = (status: DoctorStatus): number => checks.filter(check => check.status === status).length;
  const errors = counts('error');
  const warnings = counts('warning');
  const summary =
    errors > 0
      ? paint.bad(`${errors} ${errors === 1 ? 'problem' : 'problems'} to fix.`)
      : warnings > 0
        ? paint.warn(`Everything works; ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`)
        : paint.good('Everything works.');
  return [...checks.map(check => drawCheck(check, width, paint)), '', summary].join('\n');
}

function drawCheck({ id, status, message, next }: DoctorCheck, width: number, paint: Paint): string {
  const { glyphs } = paint;
  const mark: Record<DoctorStatus, string> = {
    ok: paint.good(glyphs.ok),
    warning: paint.warn(glyphs.warning),
    error: paint.bad(glyphs.failed),
    skipped: paint.dim(glyphs.skipped),
  };
  const line = `${mark[status]} ${paint.bold(id.padEnd(width))}  ${status === 'skipped' ? paint.dim(message) : message}`;
  return next ? `${line}\n${indent(paint.dim(next), width + 4)}` : line;
}
