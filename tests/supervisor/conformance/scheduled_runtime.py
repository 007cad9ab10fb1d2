# Appended to the conftest.py of pykka's own tests: the runtime under test is ours.
import os as _os

from supervisor import ScheduledActor as _ScheduledActor, Scheduler as _Scheduler
from supervisor.runtime.future import ScheduledFuture as _ScheduledFuture

_Scheduler(workers=int(_os.environ["SCHEDULER_WORKERS"])).make_default()


@pytest.fixture(scope="session")
def runtime():
    return Runtime(
        name="scheduled",
        actor_class=_ScheduledActor,
        event_class=threading.Event,
        future_class=_ScheduledFuture,
        sleep_func=time.sleep,
    )
