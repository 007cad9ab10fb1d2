"""F2: who supervises whom, by which strategy, and who has been restarted how often."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rich.text import Text
from textual import on
from textual.widget import Widget

from deepnet.terminal.top.neuron import NeuronView
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.rows import Rows
from deepnet.terminal.top.view import View
from deepnet.terminal.top.words import Words

OPEN_UP_TO = 16
"""A branch with more children than these is closed until somebody opens it."""

Node = Mapping[str, Any]


class Branch(NamedTuple):
    """A node in sight."""

    node: Node
    path: str
    lead: str
    """The lines that join it to the nodes above it."""


class TreeRows(Rows):
    """A row for each node whose branches above are open."""

    def __init__(self) -> None:
        super().__init__()
        self._root: Node | None = None
        self._shown: list[Branch] = []
        self._turned: dict[str, bool] = {}
        self._down: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        return len(self._shown)

    @property
    def node(self) -> Node | None:
        """The node at the cursor."""
        return self._shown[self.cursor].node if self._shown else None

    def fill(self, root: Node | None, down: frozenset[str]) -> None:
        """Show another tree; *down* are the addresses of those who are not there just now."""
        if root is not self._root or down != self._down:
            self._root, self._down = root, down
            self._arrange()

    def turn(self, index: int) -> None:
        """Open a branch that is closed, close one that is open."""
        branch = self._shown[index]
        if branch.node.get("children"):
            self._turned[branch.path] = not self._is_open(branch.node, branch.path)
            self._arrange()

    def _is_open(self, node: Node, path: str) -> bool:
        return self._turned.get(path, len(node.get("children") or ()) <= OPEN_UP_TO)

    def _arrange(self) -> None:
        self._shown = [] if self._root is None else list(self._walk(self._root, "", "", ""))
        self.keep_in_range()

    def _walk(self, node: Node, above: str, lead: str, below: str) -> Iterator[Branch]:
        path = f"{above}>{node['name']}"
        yield Branch(node, path, lead)
        children = node.get("children") or ()
        if not children or not self._is_open(node, path):
            return
        for child in children[:-1]:
            yield from self._walk(child, path, f"{below}├── ", f"{below}│   ")
        yield from self._walk(children[-1], path, f"{below}└── ", f"{below}    ")

    def heading(self) -> Text:
        return Text(f"{'who':<{self._names_width}}{'kind':<12}{'strategy':<14}restarts", no_wrap=True)

    @property
    def _names_width(self) -> int:
        return max(26, min(60, self.size.width - 36))

    def line(self, index: int) -> Text:
        node, path, lead = self._shown[index]
        name, children = str(node["name"]), node.get("children") or ()
        text = Text(lead, "dim", no_wrap=True)
        if children and not self._is_open(node, path):
            name = f"{name} [+{len(children):,}]"
        text.append(name, "red" if node["name"] in self._down else "bold" if children else "")
        text.truncate(self._names_width - 1, overflow="ellipsis")
        text.pad_right(self._names_width - text.cell_len)
        restarts = int(node.get("restarts") or 0)
        if children and not self._is_open(node, path):
            restarts += sum(int(child.get("restarts") or 0) for child in children)  # of those one does not see
        text.append(f"{node.get('kind') or '':<12}{node.get('strategy') or '':<14}", "dim")
        return text.append(f"{restarts:>8,}", "yellow" if restarts else "dim")


class TreeView(View):
    """The supervision tree of the network."""

    DEFAULT_CSS = "TreeView #none { height: auto; padding: 0 1; }"
    name_above = "tree"
    can_kill = True
    topics = ("summary", "tree", "events")

    def body(self) -> Iterator[Widget]:
        yield Words(id="none")
        yield TreeRows()

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(TreeRows).focus()

    @property
    def target(self) -> str | None:
        node = self.query_one(TreeRows).node
        return None if node is None or node.get("kind") == "supervisor" else str(node["name"])

    def show(self, picture: Picture) -> None:
        rows, none = self.query_one(TreeRows), self.query_one("#none", Words)
        rows.fill(picture.tree, frozenset(picture.healing.down))
        none.display = picture.tree is None
        none.put(Text("waiting for the tree ...", "dim"))

    @on(TreeRows.Chosen)
    def _chosen(self, message: TreeRows.Chosen) -> None:
        rows = self.query_one(TreeRows)
        node = rows.node
        if node is not None and node.get("kind") == "neuron":
            self.app.push_screen(NeuronView(str(node["name"])))
        else:
            rows.turn(message.index)
