"""`deepnet top`: the screens, the keys, and the clock that brings them up to date."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Input

from deepnet.errors import DeepnetError
from deepnet.terminal.top.dialogs import Confirm, Gone, Help
from deepnet.terminal.top.feed import Feed
from deepnet.terminal.top.log import Log
from deepnet.terminal.top.neurons import Neurons
from deepnet.terminal.top.overview import Overview
from deepnet.terminal.top.picker import Picker
from deepnet.terminal.top.picture import Picture
from deepnet.terminal.top.session import Look
from deepnet.terminal.top.tree import TreeView
from deepnet.terminal.top.view import View

RATES = (1.0, 2.0, 5.0, 10.0, 20.0)
"""How often a second the screen can be brought up to date; `r` goes round."""
FASTER = 1.25
"""What + multiplies the learning rate by, and - divides it by."""
PATIENCE = 1.0
"""Seconds that a lost service may take to come back before the screen is covered."""
SAID_SECONDS = 6.0
"""How long a message stays."""
_CHANGING = frozenset({"kill", "pause", "step", "learning_rate", "undo"})


class Top(App[None]):
    """The screens of a service.

    Args:
        feed: where all comes from; it is started and stopped here.
        network: which network to look at first; the only one, or the one somebody picks, if None.
        rate: how often a second the screen is brought up to date.
    """

    TITLE = "deepnet"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "view('overview')", "overview", show=False),
        Binding("f2", "view('tree')", "tree", show=False),
        Binding("f3", "view('neurons')", "neurons", show=False),
        Binding("f4", "view('events')", "events", show=False),
        Binding("k", "kill", "kill"),
        Binding("p", "pause", "pause"),
        Binding("s", "step", "step"),
        Binding("plus", "learning_rate(1)", "rate", key_display="+/-"),
        Binding("minus", "learning_rate(-1)", "rate", show=False),
        Binding("u", "undo", "undo"),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "quit", "quit"),
        Binding("r", "refresh_rate", "refresh", show=False),
        Binding("n", "networks", "networks"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
    ]

    def __init__(self, feed: Feed, network: str | None = None, rate: float = 5.0) -> None:
        super().__init__()
        self.feed = feed
        self.picture = Picture(network)
        self.rate = rate
        self._views: dict[str, Callable[[], View]] = {
            "overview": Overview,
            "tree": TreeView,
            "neurons": Neurons,
            "events": Log,
        }
        self._open: dict[str, View] = {}
        self._link_before = ("", "")
        self._said = Text(), 0.0

    def on_mount(self) -> None:
        self._show_view("overview")
        if self.picture.network is None:
            self.push_screen(Picker())
        self.feed.start()
        self._clock = self.set_interval(1 / self.rate, self._tick)

    def on_unmount(self) -> None:
        self.feed.stop()

    # The picture.

    @property
    def view(self) -> View | None:
        """The screen that is looked at, also while a question stands before it."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, View)), None)

    def _tick(self) -> None:
        for complaint in self.feed.complaints():
            self.complain(complaint)
        try:
            self.picture.take(self.feed.take())
        except (LookupError, TypeError, ValueError) as error:
            self.complain(f"what the service says cannot be shown ({type(error).__name__}: {error}): is it newer?")
        self._choose_the_only_one()
        self._follow_link()
        self.freshen()

    def freshen(self) -> None:
        """Bring the screen up to date with the picture."""
        view = self.view
        if view is not None and view.is_laid_out:
            with suppress(NoMatches):  # its parts are there one by one, and go one by one when it is closed
                view.refresh_from(self.picture, self.feed.link, self.rate)

    def looked(self) -> None:
        """Tell the feed what is looked at now; what nobody looks at is not sent."""
        view = self.view
        if view is not None:
            self.feed.look(Look(self.picture.network, view.topics, view.watched))
            self.freshen()

    def _choose_the_only_one(self) -> None:
        if self.picture.is_gone:
            self.complain(f"the service has no network {self.picture.network} any more: pick another")
            self.picture.look_at(None)
            self.action_networks()
        networks = self.picture.networks
        if self.picture.network is None and networks is not None and len(networks) == 1:
            self.choose(str(networks[0]["name"]))

    def _follow_link(self) -> None:
        link = self.feed.link
        cover = next((screen for screen in self.screen_stack if isinstance(screen, Gone)), None)
        is_away = (link.state == "gone" and link.age > PATIENCE) or (link.state == "connecting" and bool(link.reason))
        if is_away and cover is None:
            cover = Gone()
            self.push_screen(cover)
        elif not is_away and cover is not None and self.screen is cover:
            self.pop_screen()
            cover = None
        if cover is not None and cover.is_mounted:
            cover.show(link)
        if (link.state, link.role) != self._link_before:
            self._link_before = (link.state, link.role)
            self.refresh_bindings()

    # Going from screen to screen.

    def action_view(self, name: str) -> None:
        if self.picture.network is not None:
            self._show_view(name)

    def _show_view(self, name: str) -> None:
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if name not in self._open:
            self._open[name] = self._views[name]()
        if len(self.screen_stack) == 2:
            self.switch_screen(self._open[name])
        else:
            self.push_screen(self._open[name])

    def choose(self, network: str) -> None:
        """Look at another network."""
        if network != self.picture.network:
            networks = self.picture.networks
            self.picture.look_at(network)
            self.picture.networks = networks
        self._show_view("overview")
        self.looked()
        self.refresh_bindings()

    def action_networks(self) -> None:
        if not isinstance(self.screen, Picker):
            self.push_screen(Picker())

    def action_help(self) -> None:
        self.push_screen(Help())

    def action_refresh_rate(self) -> None:
        """Go to the next rate."""
        self.rate = next((rate for rate in RATES if rate > self.rate), RATES[0])
        self._clock.stop()
        self._clock = self.set_interval(1 / self.rate, self._tick)
        self.feed.set_rate(self.rate)
        self.say(f"the screen is brought up to date {self.rate:g} times a second")

    # Changing something.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action not in _CHANGING:
            return super().check_action(action, parameters)
        if not self.feed.link.may_change or self.picture.network is None or isinstance(self.view, Picker):
            return False
        if isinstance(self.focused, Input):  # what is typed there is text
            return False
        return action != "kill" or (self.view is not None and self.view.can_kill)

    def action_kill(self) -> None:
        view = self.view
        address = None if view is None else view.target
        if address is None:
            self.complain("nobody to kill here: put the cursor on a neuron or an actor")
            return
        question = f"Kill {address} of {self.picture.network}?"
        self.push_screen(
            Confirm(question, "Its supervisor brings it back, and nothing that was learnt is lost."),
            lambda yes: self._change("kill", address=address) if yes else None,
        )

    def action_pause(self) -> None:
        vitals = self.picture.vitals
        self._change("resume" if vitals is not None and vitals.state == "paused" else "pause")

    def action_step(self) -> None:
        self._change("step")

    def action_learning_rate(self, direction: int) -> None:
        vitals = self.picture.vitals
        rate = None if vitals is None else vitals.learning_rate
        if rate is None:
            self.complain("there is no learning rate yet: the network has not been trained")
            return
        self._change("learning_rate", learning_rate=float(f"{rate * FASTER**direction:.3g}"))

    def action_undo(self) -> None:
        self._change("undo")

    def _change(self, verb: str, **arguments: Any) -> None:
        network, vitals = self.picture.network, self.picture.vitals
        if network is None:
            return
        done = self.feed.change(verb, network, None if vitals is None else vitals.run, **arguments)
        done.add_done_callback(lambda answer: self.call_later(self._answered, answer.exception(), verb, answer))

    def _answered(self, error: BaseException | None, verb: str, answer: Any) -> None:
        if error is None:
            self.say(answer.result())
        elif isinstance(error, DeepnetError | TimeoutError):
            self.complain(str(error))
            self.refresh_bindings()  # who is refused may have become a viewer
        else:
            self.complain(f"{verb} did not work ({type(error).__name__}: {error}): try it again")

    def say(self, message: str, style: str = "cyan") -> None:
        """Say something for a while, in the line above the status."""
        self._said = Text(" ".join(message.split()), style), time.monotonic() + SAID_SECONDS
        self.freshen()

    def complain(self, message: str) -> None:
        """Say what went wrong, in one line."""
        self.say(message, "bold red")

    @property
    def said(self) -> Text | None:
        """What was said lately; None if that is long ago."""
        text, until = self._said
        return text if time.monotonic() < until else None

    def get_default_screen(self) -> Screen[None]:
        return Screen(id="_default")
