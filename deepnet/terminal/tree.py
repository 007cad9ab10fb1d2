"""A supervision tree, drawn."""

from rich.tree import Tree

from deepnet.actors.tree import TreeNode

_STYLES = {"supervisor": "cyan", "neuron": "green", "layer": "yellow", "vault": "magenta", "trainer": "magenta"}
MOST_NEURONS = 64
"""Children of one supervisor that are all shown; of more, only the first and the last few are."""


def draw_tree(root: TreeNode) -> Tree:
    """Return the tree for rich to print."""
    tree = Tree(_label(root), guide_style="dim")
    _add(tree, root)
    return tree


def _add(branch: Tree, node: TreeNode) -> None:
    hidden = max(0, len(node.children) - MOST_NEURONS)
    for index, child in enumerate(node.children):
        if hidden and index == MOST_NEURONS // 2:
            branch.add(f"[dim]... {hidden} more[/]")
        if not (hidden and MOST_NEURONS // 2 <= index < MOST_NEURONS // 2 + hidden):
            _add(branch.add(_label(child)), child)


def _label(node: TreeNode) -> str:
    style = _STYLES.get(node.kind, "cyan")
    what = f"supervisor, {node.strategy}" if node.strategy else node.kind
    times = "once" if node.restarts == 1 else f"{node.restarts} times"
    restarts = f", restarted {times}" if node.restarts else ""
    limit = node.limit
    used = f", {limit.used} of {limit.max_restarts} restarts in {limit.max_seconds} s" if limit and limit.used else ""
    return f"[{style}]{node.name}[/]  [dim]{what}{restarts}{used}[/]"
