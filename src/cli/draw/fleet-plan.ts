import { bytes } from '../../drawing/text/bytes.ts';
import type { FleetGroup, FleetPlan, FleetRefusal, PreviewStep } from '../../engine/api.ts';
import { count, grouped } from '../../foundation/grouped.ts';
import { someNames } from '../../foundation/some-names.ts';
import type { Paint } from '../shell/paint.ts';
import { drawFinding } from './findings.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** A fleet plan: each group with its SQL once, the refused targets, the waves. */
export function drawFleetPlan(plan: FleetPlan, paint: Paint): string {
  const { groups, refused, there, waves, databases, request } = plan;
  const where =
    databases.length === 1
      ? ` on ${databases[0]}`
      : databases.length > 1
        ? ` on ${databases.length} databases`
        : '';
  const verb = request.plan.command;
  return [
    paint.bold(`${verb[0]?.toUpperCase()}${verb.slice(1)} to ${request.plan.targets.join(' ')}${where}`),
    ...groups.map(group => ['', drawGroup(group, paint)].join('\n')),
    ...(there.length > 0 ? ['', paint.dim(`${count(there.length, 'target')} already at the target`)] : []),
    ...drawRefused(refused, paint),
    ...(waves.length > 1
      ? [
          '',
          `Waves: ${waves.map(({ name, targets }) => `${name} ${grouped(targets.length)}`).join(', then ')}`,
        ]
      : []),
  ].join('\n');
}

function drawGroup({ targets, preview, largest, table }: FleetGroup, paint: Paint): string {
  const findings = preview.steps.flatMap(({ findings }) => findings);
  return [
    `${paint.bold(`${count(targets.length, 'target')}: ${count(preview.steps.length, 'step')}`)} ${paint.dim(`(${someNames(targets)})`)}`,
    ...preview.steps.map(step => indent(drawStep(step, paint))),
    ...(findings.length > 0 ? ['', ...findings.map(finding => indent(drawFinding(finding, paint)))] : []),
    ...(table
      ? [
          indent(
            paint.dim(`The largest table of these: ${table.name} of ${table.target}, ${bytes(table.bytes)}.`),
          ),
        ]
      : []),
    ...preview.warnings.map(({ message }) => indent(`${paint.warn(paint.glyphs.warning)} ${message}`)),
    ...(preview.destructive
      ? [
          indent(paint.bad(`Data loss in each of them, counted in ${largest}:`)),
          ...lossesOf(preview.steps).map(loss => indent(loss, 4)),
        ]
      : []),
  ].join('\n');
}

const lossesOf = (steps: readonly PreviewStep[]): string[] => steps.flatMap(({ losses }) => losses);

function drawStep({ action, revision, preview }: PreviewStep, paint: Paint): string {
  const sql = preview.sql.map(text => indent(paint.dim(text)));
  return [
    `${paint.mark(action)} ${nameOf(revision)}`,
    ...sql,
    ...(preview.note ? [indent(paint.dim(preview.note))] : []),
  ].join('\n');
}

function drawRefused(refused: readonly FleetRefusal[], paint: Paint): string[] {
  const byCode = Map.groupBy(refused, ({ failure }) => failure.code);
  return [...byCode].flatMap(([code, some]) => {
    const [first] = some as [FleetRefusal, ...FleetRefusal[]];
    return [
      '',
      paint.bad(`${count(some.length, 'target')} refused: ${code}`) +
        paint.dim(` (${someNames(some.map(({ target }) => target))})`),
      indent(first.failure.message),
      ...(first.failure.next ? [indent(paint.dim(first.failure.next))] : []),
    ];
  });
}
