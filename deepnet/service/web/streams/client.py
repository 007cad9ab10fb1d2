"""One client of the live stream: what it has asked for, and what it is to be sent next."""

import asyncio
from collections import deque
from typing import Protocol

from deepnet.errors import ConflictError, DeepnetError, InputError, NotFoundError
from deepnet.service.web.streams.channel import Subscriber
from deepnet.service.web.streams.event_feed import EventFeed, Filter
from deepnet.service.web.streams.samples import json_text
from deepnet.service.web.streams.subscriptions import EventSubscription, StateSubscription, problem_message
from deepnet.service.web.streams.topics.topic import Options, Topic
from deepnet.service.web.streams.wishes import MOST_RATE, Ping, Subscribe, Unsubscribe, id_in, read_wish

MOST_SUBSCRIPTIONS = 50
LEAST_RATE = 0.01
_EVENTS = EventSubscription.topic
MOST_ANSWERS = 64
"""Answers that may wait for a client; before it has read some, nothing more that it says is heard."""


class Host(Protocol):
    """What a client needs of its hub."""

    frames_sent: int
    frames_dropped: int
    topics: dict[str, Topic]
    feed: EventFeed

    def join(self, topic: Topic, options: Options, subscriber: Subscriber) -> None: ...
    def leave(self, topic: Topic, options: Options, subscriber: Subscriber) -> None: ...


class Client:
    """Hears what a client says, and knows what to send it. It lives in the event loop.

    Attributes:
        wanted: set when there may be something to send.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.wanted = asyncio.Event()
        self._answers: deque[str] = deque()
        self._room = asyncio.Event()
        self._room.set()
        self._subscriptions: dict[int, StateSubscription | EventSubscription] = {}
        self._order: deque[int] = deque()

    @property
    def skipped(self) -> int:
        """Frames and events that it was too slow for, under the ids that it has now."""
        return sum(each.skipped for each in self._subscriptions.values())

    async def hear(self, text: str | None) -> None:
        """Do what a client says; whatever it is, the answer says so."""
        await self._room.wait()
        number = None
        try:
            if text is None:
                raise InputError("a binary message means nothing here: send JSON text")
            number = id_in(text)
            wish = read_wish(text)
            match wish:
                case Subscribe():
                    await self._subscribe(wish)
                case Unsubscribe():
                    self._unsubscribe(wish.id)
                case Ping():
                    self._answer(json_text({"op": "pong", "skipped": self.skipped}))
        except DeepnetError as error:
            self._answer(problem_message(error, number, over=number not in self._subscriptions))

    async def _subscribe(self, wish: Subscribe) -> None:
        if wish.id in self._subscriptions:
            raise ConflictError(f"the id {wish.id} is in use: take another one, or unsubscribe it first")
        if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise ConflictError(f"a stream has {MOST_SUBSCRIPTIONS} subscriptions at most: unsubscribe some")
        if wish.topic == _EVENTS:
            await self._subscribe_to_events(wish)
            return
        topic = self._host.topics.get(wish.topic)
        if topic is None:
            raise InputError(
                f"there is no topic {wish.topic[:40]!r}: use one of {', '.join([*self._host.topics, _EVENTS])}"
            )
        options = topic.options(wish)
        rate = min(MOST_RATE, max(LEAST_RATE, wish.rate))
        mine = StateSubscription(wish.id, topic.name, rate, wake=self.wanted.set, counts=self._host)
        mine.leave = lambda: self._host.leave(topic, options, mine)
        self._keep(mine)
        self._answer(json_text({"op": "subscribed", "id": wish.id, "rate": rate}))
        self._host.join(topic, options, mine)

    async def _subscribe_to_events(self, wish: Subscribe) -> None:
        wanted = Filter(network=wish.network, run=wish.run, address=wish.address, kinds=tuple(wish.kinds or ()))
        mine = EventSubscription(wish.id, wanted, self._host.feed)

        def wake() -> None:
            self.wanted.set()

        mine.leave = lambda: self._host.feed.leave(wake)
        try:
            mine.cursor = await self._host.feed.follow(wake)
        except BaseException:
            mine.leave()
            raise
        self._keep(mine)
        self._answer(json_text({"op": "subscribed", "id": wish.id, "seq": mine.cursor}))
        self.wanted.set()

    def _keep(self, mine: StateSubscription | EventSubscription) -> None:
        self._subscriptions[mine.id] = mine
        self._order.append(mine.id)

    def _unsubscribe(self, number: int) -> None:
        mine = self._subscriptions.pop(number, None)
        if mine is None:
            raise NotFoundError(f"nothing is subscribed under the id {number}")
        self._order.remove(number)
        mine.leave()

    def _answer(self, text: str) -> None:
        self._answers.append(text)
        if len(self._answers) >= MOST_ANSWERS:
            self._room.clear()
        self.wanted.set()

    def take(self) -> str | bytes | None:
        """Return the next message for the client: answers first, then each subscription in turn."""
        if self._answers:
            answer = self._answers.popleft()
            if len(self._answers) < MOST_ANSWERS:
                self._room.set()
            return answer
        for _ in range(len(self._order)):
            number = self._order[0]
            self._order.rotate(-1)
            mine = self._subscriptions[number]
            message = mine.take()
            if mine.is_over:
                self._unsubscribe(number)
            if message is not None:
                return message
        return None

    def close(self) -> None:
        """Let go of all that it has asked for."""
        for number in tuple(self._subscriptions):
            self._unsubscribe(number)
