import io

from rich.console import Console

from deepnet.actors.tree import TreeNode
from deepnet.terminal.tree import MOST_NEURONS, draw_tree
from supervisor import Restarts

LIMITS = {"near": Restarts(2, 3, 5), "far": Restarts(0, 3, 5)}


def drawn(root: TreeNode) -> str:
    paper = io.StringIO()
    Console(file=paper, width=200).print(draw_tree(root))
    return paper.getvalue()


def supervisor(name: str, *children: TreeNode) -> TreeNode:
    return TreeNode(name, "supervisor", "one_for_one", 0, children)


def test_every_actor_is_shown_under_its_supervisor() -> None:
    lines = drawn(supervisor("top", supervisor("inner", TreeNode("dense_0/0", "neuron", None, 3)))).splitlines()

    assert "top" in lines[0]
    assert "one_for_one" in lines[0]
    assert lines[1].index("inner") < lines[2].index("dense_0/0")
    assert "restarted 3 times" in lines[2]


def test_a_crowd_is_cut_in_the_middle_and_says_how_many_it_hides() -> None:
    crowd = [TreeNode(f"dense_0/{index}", "neuron", None, 0) for index in range(MOST_NEURONS + 10)]
    text = drawn(supervisor("neurons", *crowd))

    assert "... 10 more" in text
    assert "dense_0/0 " in text
    assert f"dense_0/{MOST_NEURONS + 9} " in text
    assert len(text.splitlines()) == 1 + MOST_NEURONS + 1


def test_a_single_restart_is_told_as_one() -> None:
    assert "restarted once" in drawn(supervisor("top", TreeNode("dense_0/0", "neuron", None, 1)))


def test_a_supervisor_that_has_used_some_of_its_restart_limit_says_so() -> None:
    near, far = (TreeNode(name, "supervisor", "one_for_one", 0, limit=limit) for name, limit in LIMITS.items())

    assert "near  supervisor, one_for_one, 2 of 3 restarts in 5 s" in drawn(near)
    assert "restarts" not in drawn(far)
