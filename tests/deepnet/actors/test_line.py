"""Lines: the way to whoever goes by an address."""

from typing import Any

from deepnet.actors.line import Line
from supervisor import Directory, ScheduledActor, Scheduler
from supervisor import exit as send_exit


class Keeper(ScheduledActor):
    def __init__(self, kept: list[Any]) -> None:
        super().__init__()
        self.kept = kept

    def on_receive(self, message: Any) -> None:
        self.kept.append(message)


def test_it_leads_to_the_holder_of_the_address_and_after_a_death_to_the_next() -> None:
    with Scheduler(workers=0) as scheduler:
        directory, first, second = Directory(), list[Any](), list[Any]()
        line = Line(directory, "it")
        line.send("to nobody")
        ref = scheduler.spawn(Keeper, first)
        directory.register("it", ref)
        line.send(1)
        line.send(2)
        scheduler.run_until_idle()
        send_exit(ref, "kill")
        scheduler.run_until_idle()
        line.send("lost")
        directory.register("it", scheduler.spawn(Keeper, second))
        line.send(3)
        scheduler.run_until_idle()

    assert (first, second) == ([1, 2], [3])
