import json

from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.topics.tree import TreeTopic
from deepnet.service.web.streams.wishes import Subscribe


def test_the_tree_of_a_network_is_that_which_its_supervisors_tell(engine: Engine) -> None:
    topic = TreeTopic(engine)
    tree = json.loads(str(topic.open(topic.options(Subscribe(1, "tree", network="xor")), 1).sample().payload))

    assert (tree["name"], tree["strategy"]) == ("network:xor", "rest_for_one")
    assert [child["name"] for child in tree["children"]][:2] == ["vault", "layers"]


def test_without_a_network_it_is_that_of_the_service(engine: Engine) -> None:
    tree = json.loads(str(TreeTopic(engine).open((None,), 1).sample().payload))

    assert tree["name"] == "service"
    assert {"store", "event_log", "networks"} <= {child["name"] for child in tree["children"]}
