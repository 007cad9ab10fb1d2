// A tree as the rows that are to be seen of it: what is open, what is looked for, and of crowds the first ones.

import type { TreeNode } from "../../api/types.ts";

/** So many children of one supervisor are shown, until more are asked for. */
export const PAGE = 100;
/** Supervisors of more than so many are closed at first. */
const CROWD = 24;

export interface Row {
  /** From the root, so that it is the only one of its name. */
  readonly path: string;
  readonly node: TreeNode;
  /** The network that it is of; "" for the service's own. */
  readonly network: string;
  /** 1 is the root. */
  readonly level: number;
  readonly place: number;
  readonly size: number;
  /** undefined if there is nobody below. */
  readonly isOpen: boolean | undefined;
  /** Of a row that stands for children that are not shown: how many. */
  readonly more: number;
}

export interface Shape {
  /** Whether somebody has opened or closed it, by path. */
  readonly opened: ReadonlyMap<string, boolean>;
  /** How many children are shown, by path; PAGE where nobody has asked for more. */
  readonly shown: ReadonlyMap<string, number>;
  /** Only those whose name has this in it, and who is above them. */
  readonly text: string;
}

export function rowsOf(root: TreeNode, shape: Shape): Row[] {
  const rows: Row[] = [];
  const wanted = shape.text.trim().toLowerCase();
  const fits = wanted === "" ? null : fitting(root, wanted);
  add(rows, root, { path: root.name, network: "", level: 1, place: 1, size: 1 }, shape, fits);
  return rows;
}

type Where = Pick<Row, "path" | "network" | "level" | "place" | "size">;

function add(rows: Row[], node: TreeNode, where: Where, shape: Shape, fits: ReadonlySet<TreeNode> | null): void {
  const network = node.name.startsWith("network:") ? node.name.slice("network:".length) : where.network;
  const below = fits === null ? node.children : node.children.filter((child) => fits.has(child));
  const isOpen = below.length === 0 ? undefined : (shape.opened.get(where.path) ?? (fits !== null || opensByItself(node, where.level)));
  rows.push({ ...where, node, network, isOpen, more: 0 });
  if (isOpen !== true) return;
  const most = shape.shown.get(where.path) ?? PAGE;
  const size = below.length > most ? most + 1 : below.length;
  const level = where.level + 1;
  below.slice(0, most).forEach((child, index) => {
    add(rows, child, { path: `${where.path} ${child.name}`, network, level, place: index + 1, size }, shape, fits);
  });
  if (below.length > most) {
    rows.push({ path: `${where.path} …`, node, network, level, place: size, size, isOpen: undefined, more: below.length - most });
  }
}

function opensByItself(node: TreeNode, level: number): boolean {
  const isOneOfMany = level > 1 && node.name.startsWith("network:");
  return node.children.length <= CROWD && !isOneOfMany;
}

/** Those of that name, and all above them. */
function fitting(root: TreeNode, wanted: string): Set<TreeNode> {
  const found = new Set<TreeNode>();
  const visit = (node: TreeNode): boolean => {
    const isBelow = node.children.map(visit).some(Boolean);
    const fits = isBelow || node.name.toLowerCase().includes(wanted);
    if (fits) found.add(node);
    return fits;
  };
  visit(root);
  found.add(root);
  return found;
}

/** The paths above the first node called *name*, so that they can be opened; null if there is none. */
export function wayTo(root: TreeNode, name: string, above: readonly string[] = []): string[] | null {
  const path = [...above, root.name].join(" ");
  if (root.name === name) return [path];
  for (const child of root.children) {
    const way = wayTo(child, name, [...above, root.name]);
    if (way !== null) return [path, ...way];
  }
  return null;
}

/** How many there are of each kind. */
export function census(root: TreeNode): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: TreeNode): void => {
    counts.set(node.kind, (counts.get(node.kind) ?? 0) + 1);
    node.children.forEach(visit);
  };
  visit(root);
  return counts;
}
