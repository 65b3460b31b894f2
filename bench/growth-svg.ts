import type { Curve } from './growth.ts';

const size = { width: 720, height: 420 };
const plot = { left: 70, right: 150, top: 30, bottom: 50 };
const colours = ['#61afef', '#98c379', '#e5c07b', '#c678dd', '#e06c75'];
const grid = '#3b4048';
const text = '#d4d7dd';

/** A plot with logarithmic axes: what grows linearly is no steeper than the dashed line. */
export function growthSvg(curves: readonly Curve[]): string {
  const points = curves.flatMap(({ points }) => points);
  const [fewest, most] = [Math.min, Math.max].map(of => of(...points.map(([x]) => x))) as [number, number];
  const times = points.map(([, ms]) => ms / 1000);
  const low = 10 ** Math.floor(Math.log10(Math.min(...times)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...times)));
  const inside = {
    width: size.width - plot.left - plot.right,
    height: size.height - plot.top - plot.bottom,
  };
  const x = (revisions: number): number =>
    plot.left + (Math.log(revisions / fewest) / Math.log(most / fewest)) * inside.width;
  const y = (seconds: number): number =>
    plot.top + inside.height - (Math.log(seconds / low) / Math.log(high / low)) * inside.height;
  const at = (value: number): string => value.toFixed(1);
  const sizes = [...new Set(points.map(([revisions]) => revisions))];
  const decades = Array.from(
    { length: Math.round(Math.log10(high / low)) + 1 },
    (_, index) => low * 10 ** index,
  );
  // from the lowest time at the left edge up, or until the upper edge
  const ends = Math.min(most, (fewest * high) / low);
  const label = (left: number, top: number, anchor: string, content: string, fill = text): string =>
    `<text x="${at(left)}" y="${at(top)}" text-anchor="${anchor}" fill="${fill}">${content}</text>`;
  const line = (from: [number, number], to: [number, number], rest: string): string =>
    `<line x1="${at(from[0])}" y1="${at(from[1])}" x2="${at(to[0])}" y2="${at(to[1])}" ${rest}/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13">`,
    '<title>CPU time by number of revisions</title>',
    `<rect width="${size.width}" height="${size.height}" fill="#16181d"/>`,
    ...decades.flatMap(seconds => [
      line([plot.left, y(seconds)], [plot.left + inside.width, y(seconds)], `stroke="${grid}"`),
      label(plot.left - 8, y(seconds) + 4, 'end', `${Number(seconds.toPrecision(1))} s`),
    ]),
    ...sizes.flatMap(revisions => [
      line([x(revisions), plot.top], [x(revisions), plot.top + inside.height], `stroke="${grid}"`),
      label(x(revisions), plot.top + inside.height + 20, 'middle', revisions.toLocaleString('en')),
    ]),
    label(plot.left + inside.width / 2, size.height - 8, 'middle', 'revisions'),
    label(plot.left - 8, plot.top - 12, 'start', 'CPU time'),
    line([x(fewest), y(low)], [x(ends), y((low * ends) / fewest)], `stroke="${text}" stroke-dasharray="4 4"`),
    label(x(ends) + 8, y((low * ends) / fewest) - 4, 'start', 'linear'),
    ...curves.flatMap(({ what, points }, index) => {
      const colour = colours[index % colours.length] as string;
      const path = points.map(([revisions, ms]) => `${at(x(revisions))},${at(y(ms / 1000))}`);
      const last = points.at(-1);
      return [
        `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...path.map(one => {
          const [cx, cy] = one.split(',');
          return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
        }),
        ...(last ? [legend(what, last[1], x(last[0]), index, colour)] : []),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');

  /** Beside the plot, in the order of the curves' ends. */
  function legend(what: string, ms: number, left: number, index: number, colour: string): string {
    const ends = curves.map(({ points }) => points.at(-1)?.[1] ?? 0);
    const rank = ends.filter((end, other) => end > ms || (end === ms && other < index)).length;
    return label(
      left + 12,
      plot.top + 14 + rank * 18,
      'start',
      `${what}: ${(ms / 1000).toFixed(1)} s`,
      colour,
    );
  }
}
