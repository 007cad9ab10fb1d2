// The tree itself, as a tree for screen readers and keys: arrows move, open and close; Enter goes there.

import { useEffect, useRef } from "preact/hooks";
import type { TreeNode } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { go, setParams } from "../../state/view.ts";
import { type Lately, lastOf } from "./lately.ts";
import { RowBody } from "./row.tsx";
import { type Row, rowsOf, type Shape } from "./rows.ts";

interface TreeProps {
  root: TreeNode;
  shape: Shape;
  label: string;
  lately: Lately;
  /** The path of the row that has the focus. */
  at: string;
  onAt: (path: string) => void;
  onOpen: (path: string, isOpen: boolean) => void;
  onMore: (path: string) => void;
}

export function Tree({ root, shape, label, lately, at, onAt, onOpen, onMore }: TreeProps) {
  const rows = rowsOf(root, shape);
  const current = rows.find((row) => row.path === at) ?? rows[0];
  const place = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    place.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
  }, [current?.path]);
  if (current === undefined) return null;
  const move = (row: Row | undefined) => {
    if (row === undefined) return;
    wantsFocus.current = row.path !== current.path;
    onAt(row.path);
  };
  const press = (event: KeyboardEvent) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.getAttribute("role") === "treeitem";
    if (!isOnRow || event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event.key)) event.preventDefault();
  };
  const onKey = (key: string): boolean => {
    const index = rows.indexOf(current);
    switch (key) {
      case "ArrowDown": move(rows[index + 1]); return true;
      case "ArrowUp": move(rows[index - 1]); return true;
      case "Home": move(rows[0]); return true;
      case "End": move(rows.at(-1)); return true;
      case "ArrowRight":
        if (current.isOpen === false) onOpen(current.path, true);
        else if (current.isOpen === true) move(rows[index + 1]);
        return true;
      case "ArrowLeft":
        if (current.isOpen === true) onOpen(current.path, false);
        else move(rows.slice(0, index).findLast((row) => row.level < current.level));
        return true;
      case " ":
      case "Enter":
        choose(current);
        return true;
      default: return false;
    }
  };
  const choose = (row: Row) => {
    if (row.more > 0) onMore(row.path);
    else if (row.node.kind === "neuron") go("neuron", { net: row.network, at: row.node.name });
    else if (row.isOpen !== undefined) onOpen(row.path, !row.isOpen);
  };
  return (
    <div class="tree" role="tree" aria-label={label} ref={place} onKeyDown={press}>
      {rows.map((row) => (
        <div
          key={row.path}
          role="treeitem"
          class={`tree-row ${row === current ? "is-current" : ""}`}
          aria-level={row.level}
          aria-posinset={row.place}
          aria-setsize={row.size}
          aria-selected={row === current}
          {...(row.isOpen === undefined ? {} : { "aria-expanded": row.isOpen })}
          tabIndex={row === current ? 0 : -1}
          style={{ "--level": String(row.level - 1) }}
          onClick={(event) => {
            onAt(row.path);
            if (event.target instanceof HTMLElement && event.target.closest("a, button, dialog") !== null) return;
            if (row.more > 0 || row.node.kind !== "neuron") choose(row);
          }}
        >
          <RowBody row={row} last={row.more > 0 ? undefined : lastOf(lately, row.network, row.node.name)} isCurrent={row === current} />
        </div>
      ))}
      {shape.text !== "" && rows.length === 1 && <p class="muted">{t("tree.nobody", { text: shape.text })}</p>}
    </div>
  );
}

/** Which tree: that of the network that is looked at, or that of the service. */
export function choose(of: "network" | "service"): void {
  setParams({ of: of === "service" ? "service" : "", at: "" });
}
