// Drawing a digit on eight by eight cells: a pen leaves more where its path is nearer to the middle of a cell.

export const SIDE = 8;
/** As dark as a cell can be, in the units of the table. */
export const DARKEST = 16;
const REACH = 1.05;

/** Return *cells* with a line from one place to another, both in cells from the upper left corner. */
export function stroke(
  cells: readonly number[],
  from: readonly [number, number],
  to: readonly [number, number],
  erase = false,
): number[] {
  return cells.map((cell, index) => {
    const [x, y] = [(index % SIDE) + 0.5, Math.floor(index / SIDE) + 0.5];
    const ink = Math.round(DARKEST * Math.min(1, Math.max(0, 1.5 * (1 - distance(x, y, from, to) / REACH))));
    return erase ? Math.max(0, cell - ink) : Math.max(cell, ink);
  });
}

/** How far a point is from a line between two others. */
function distance(x: number, y: number, [x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}
