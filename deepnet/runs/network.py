"""A network of actors that learns, and can be looked at, broken and asked for predictions meanwhile."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from numpy.typing import ArrayLike

from deepnet import events, logs
from deepnet.actors.assignment import Assignment, Rest
from deepnet.actors.context import Context
from deepnet.actors.messages import Assigned
from deepnet.actors.system import STOP_SECONDS, ActorSystem, in_a_turn
from deepnet.errors import InputError, RunError
from deepnet.maths.addresses import place_of
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.choice import default_kernels
from deepnet.maths.kernels.rows import unpack
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.parameters import checked_parameters, initial_parameters
from deepnet.maths.schedules import Schedule, schedule_named
from deepnet.runs.changing import Changing
from deepnet.runs.controlling import Controls
from deepnet.runs.durable import Checkpoints, holds_run
from deepnet.runs.hosting import Host
from deepnet.runs.injecting import Laboratory
from deepnet.runs.intervening import Intervener
from deepnet.runs.keeping import Keeping
from deepnet.runs.looking import Looking
from deepnet.runs.rows import source_of
from deepnet.runs.run import Run
from deepnet.runs.start_options import StartOptions
from deepnet.runs.states import Change
from deepnet.training.handlers import Handler, checked_handlers
from deepnet.training.interventions import require_loss_takes
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

_numbers = itertools.count(1)


class Network(Looking, Changing, Keeping):
    """A network whose supervision tree is up; made by `start`. Use it in a ``with`` block, or `stop` it.

    Attributes:
        name: what it is called in its tree and its events.
        watchers: tells those who ask what happens (`deepnet.events`).
        when_down: told why, should the whole tree give up by itself; None for nobody.
    """

    def __init__(
        self, model: Chain, options: StartOptions, parameters: Sequence[tuple[ArrayLike, ArrayLike]] | None
    ) -> None:
        if not isinstance(model, Chain):
            raise InputError(f"model must be a Chain, such as Chain(Dense(3, 1)), got {model!r}")
        dtype = options.dtype
        begin = (
            initial_parameters(model, options.seed, dtype)
            if parameters is None
            else checked_parameters(model, parameters, dtype)
        )
        self.name = options.name or f"network_{next(_numbers)}"
        self.seed = options.seed
        self.dtype = str(dtype)
        self.kernels = options.kernels or default_kernels()
        self.watchers = events.Watchers()
        if logs.are_on():
            self.watchers.add(logs.log_event, but=logs.unlogged())
        if options.watcher is not None:
            self.watchers.add(options.watcher)
        self._options = options
        self._given_model = model
        self._run: Run | None = None
        self._stopped = False
        self.when_down: Callable[[str], object] | None = None
        self._beginning = threading.Lock()  # held while one run takes the place of another, or of all
        state = RunState.at_rest(begin, setup=Setup.of(model, options.granularity))
        self._context = Context(self.name, state, self.watchers)
        self.actors = ActorSystem(
            self._context,
            workers=options.workers,
            max_restarts=options.max_restarts,
            max_seconds=options.max_seconds,
            turn_seconds=options.turn_seconds,
            order=options.order,
            on_down=self._went_down,
        )
        self._intervener = Intervener(self._context, self.actors)
        self._laboratory = Laboratory(self._context, self.actors, self._intervener)
        self._host = Host(
            self._context,
            self.actors,
            self._intervener,
            Controls(self._context, self.actors, self._intervener),
            self.dtype,
            self._spawn,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Network {self.name}: {self.model.neuron_count} neurons, {self.model.parameter_count} parameters>"

    # Learning.

    def train(
        self,
        inputs: object,
        targets: object = None,
        *,
        until: StopRule,
        loss: str | Loss = "mean_squared_error",
        optimizer: str | Optimizer = "sgd",
        schedule: str | Schedule = "constant",
        clip_value: float | None = None,
        clip_norm: float | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        batch_size: int = 1,
        drop_last: bool = False,
        shuffle: bool = True,
        validation: float | tuple[object, object] | None = None,
        metrics: Sequence[str] = (),
        handlers: Sequence[Handler] = (),
        run_dir: str | Path | None = None,
        checkpoints: Checkpoints | None = None,
        skip_batch: bool = False,
        origin: Mapping[str, Any] | None = None,
        pace: float | None = None,
        paused: bool = False,
    ) -> Run:
        """Begin to learn, from the present parameters, and return at once: the run goes on in the background.

        Args:
            inputs: (rows, model.inputs). Or, without targets, a stream: an iterable of batches (inputs, targets)
                that need not fit into memory, or a function that returns one for each epoch.
            targets: (rows, model.outputs).
            until: when to stop.
            loss: a name from `deepnet.maths.losses`, or a Loss.
            optimizer: a name from `deepnet.maths.optimizers`, or an Optimizer.
            schedule: what becomes of its learning rate: a name from `deepnet.maths.schedules`, or a Schedule.
            clip_value: largest size of a number of a gradient.
            clip_norm: largest norm of the gradient of the whole network.
            l1: penalty on the sizes of the weights ...
            l2: ... and on their squares; see `deepnet.maths.gradient_rules`.
            batch_size: rows learnt together; the last batch of an epoch may be shorter ...
            drop_last: ... or is left out then.
            shuffle: whether each epoch visits the rows in an order of its own, drawn from the network's seed.
            validation: a share of the rows, or inputs and targets, to measure at the end of each epoch and not learn.
            metrics: names from `deepnet.maths.metrics` to measure at the end of each epoch.
            handlers: functions to call at the events of the run, made by `deepnet.training.handlers.on`.
            run_dir: a folder that keeps the run, so that it outlives this process: called again with the same folder,
                data and plan, this goes on where the last checkpoint was made, to the same last bit.
            checkpoints: when they are made; by default every ten seconds.
            skip_batch: where the run in *run_dir* goes on, leave out its next batch: nobody could get past it.
            origin: plain facts to keep in *run_dir* with it.
            pace: steps a second at most, so that one can watch; None for as many as it can. The bits are the same.
            paused: whether it rests before its first step until somebody has it `resume`.

        Raises:
            InputError: the plan or the data cannot be used; the message says why.
            DataError: *run_dir* cannot be used, or holds a run of other data or another plan: it says what differs.
            RunError: a run is under way.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_idle()
        plan = Plan(
            until=until,
            loss=loss_named(loss),
            optimizer=optimizer_named(optimizer),
            schedule=schedule_named(schedule),
            rules=GradientRules(clip_value=clip_value, clip_norm=clip_norm, l1=l1, l2=l2),
            batch_size=batch_size,
            drop_last=drop_last,
            shuffle=shuffle,
            seed=self.seed,
            metrics=metrics,
            pace=pace,
            kernels=self.kernels,
        )
        if run_dir is None or not holds_run(run_dir):  # else what it has become since counts
            require_loss_takes(plan.loss, self._context.setup)
        source, held_out = source_of(self.model, self.dtype, plan, inputs, targets, validation)
        if plan.needs_validation and held_out is None:
            raise InputError("the stop rule or the schedule looks at rows held out: give validation=0.2, or other rows")
        self.load_kernels()  # here, for it may take seconds: an actor would be taken to hang
        run = Run(plan, self.dtype, source, held_out, checked_handlers(handlers), host=self._host)
        with self._beginning, self._context.writing:
            self._require_idle()
            at_rest = RunState.at_rest(self.parameters(), setup=self._context.setup)
            run.assignment.start = at_rest
            self._context.restart_from(at_rest, None)
            if run_dir is not None:
                self._keep(run, run_dir, checkpoints or Checkpoints(), origin, skip_batch=skip_batch)
            elif skip_batch or checkpoints is not None:
                raise InputError("checkpoints and skip_batch are for a run with a folder: give run_dir")
            self._intervener.forget_run()
            if paused:
                run.assignment.rest = Rest(lambda _position, _rows: True)
            self._begin(run)
        if paused and not run.is_over:
            run.pause()
        return run

    def _begin(self, run: Run) -> None:
        """Have the actors take up *run*; for whoever keeps other writers out."""
        self._run = run
        # From here on a trainer that is restarted takes the run up by itself.
        self._context.assignment = run.assignment
        source = run.assignment.source
        self.watchers.tell(events.RunStarted(self.name, source.rows, source.batches))
        self.actors.tell("trainer", Assigned())

    def _spawn(self, run: Assignment, state: RunState, name: str | None) -> "Network":
        """Bring up another network like this one, that goes on with *run* from *state*, and is paused."""
        assert state.setup is not None  # noqa: S101 - whoever branches sees to it
        plan, source = state.setup.plan or run.plan, copy(run.source)  # each is in an epoch of its own
        options = replace(self._options, name=name or f"{self.name}_branch_{next(_numbers)}")
        network = Network(state.setup.model, options, [unpack(rows) for rows in state.rows])
        try:
            branch = Run(plan, self.dtype, source, run.held_out, run.handlers, host=network._host)
            branch.assignment.start = run.start
            branch.assignment.take_up(state)
            branch.assignment.rest = Rest(lambda _position, _rows: True)
            network._take_up(state, branch.assignment)
            network._begin(branch)
            branch.pause()
        except BaseException:
            network.stop()
            raise
        return network

    # Breaking and ending.

    def kill(self, address: str) -> Change:
        """Kill an actor before its next message: a neuron, a layer, ``trainer`` or ``vault``. It heals by itself.

        ``network`` kills them all at once: the whole tree comes up again, and goes on like a vault that died.
        Where a layer computes its neurons itself, killing one of them kills the layer.

        Returns:
            What was done, and at which sealed step; it cannot be undone, and need not.

        Raises:
            InputError: there is no such actor; the message says which there are.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_up()
        if address not in ("network", "trainer", "vault", *self.model.named_layers()):
            place_of(self.model, address, self.name)
        alive = self.actors.kill(self.actors.body_of(address))
        step = self._context.vault.sealed.position.step
        change = Change("kill", address, step, "alive" if alive else "coming up", "killed" if alive else "coming up")
        self._intervener.tell(change)
        return change

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop all actors and threads; a run under way ends as stopped. What was learnt can still be read.

        Args:
            seconds: how long a run that has a folder may take to reach a seal and to write down its last step.

        Raises:
            WouldBlockError: a watcher called this, for which the actors would have to wait; nothing has been stopped.
        """
        run = self._run
        if run is not None and not run.is_over and run.assignment.keeper is not None and not in_a_turn():
            with suppress(TimeoutError):  # so that the folder holds its last step
                run.stop(seconds)
                run.flush(seconds)
        self.actors.stop()
        self._end_all("stopped", "the network was stopped")
        if run is not None and run.assignment.keeper is not None:
            run.assignment.keeper.finish()

    def _went_down(self, reason: str) -> None:
        self._end_all("failed", reason)
        if self._run is not None and self._run.assignment.keeper is not None:
            self._run.assignment.keeper.finish()  # nobody is left who would write
        if self.when_down is not None:
            self.when_down(reason)

    def _end_all(self, state: str, reason: str) -> None:
        """Let no run begin any more, and end the one under way."""
        with self._beginning:
            self._stopped = True
            run = self._run
        if run is not None:
            self._context.end_run(run.assignment, state, reason)

    def _require_idle(self) -> None:
        self._require_up()
        if self._run is not None and not self._run.is_over:
            raise RunError(f"{self.name} is learning already: wait for the run, or stop it")


def start(
    model: Chain,
    *,
    name: str | None = None,
    seed: int = 0,
    granularity: str = "neuron",
    dtype: str = "float32",
    parameters: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
    max_restarts: int = 1000,
    max_seconds: int = 5,
    workers: int = 1,
    turn_seconds: float | None = 60.0,
    order: Callable[[int], int] | None = None,
    watcher: Callable[[events.Event], object] | None = None,
    kernels: str | None = None,
) -> Network:
    """Bring up the actors of a network; return once all of them are there.

    Args:
        model: the layers.
        name: what the network is called; made up if None.
        seed: where all chance of this network begins, 0 or more.
        granularity: ``neuron``, an actor per neuron, or ``layer``, an actor per layer.
        dtype: float32 or float64.
        parameters: (weights, bias) of each layer to begin with, as `Network.parameters` returns; drawn if None.
        max_restarts: restarts that each supervisor allows ...
        max_seconds: ... within so many seconds, before it gives up.
        workers: threads that take the actors' turns; the result does not depend on it.
        turn_seconds: an actor that takes longer than this for one message is given up as hung and replaced, and the
            step is played again; None waits for ever.
        order: for `deepnet.runs.simulation`, with no workers: whose turn is next of so many that wait.
        watcher: told every event from the first on; see `deepnet.events`.
        kernels: what computes: ``numba``, compiled, or ``numpy``; by default the first where it is installed. Their
            results differ in the last digits.

    Raises:
        InputError: an argument cannot be used; the message says why.
    """
    options = StartOptions(
        name=name,
        seed=seed,
        granularity=granularity,
        dtype=dtype,
        max_restarts=max_restarts,
        max_seconds=max_seconds,
        workers=workers,
        turn_seconds=turn_seconds,
        order=order,
        watcher=watcher,
        kernels=kernels,
    )
    return Network(model, options, parameters)
