import resource
import subprocess
import sys
from pathlib import Path

from deepnet.service.process.descriptors import MOST

LISTEN = """
import resource, sys
from pathlib import Path
from deepnet.service.process.options import ServeOptions
from deepnet.service.process.sockets import listen
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
folder = Path(sys.argv[1])
listen(ServeOptions(data_dir=folder, port=0), folder / "s.sock", activated=()).close()
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (int(sys.argv[2]), hard))
"""


def test_who_listens_may_have_as_many_files_open_as_the_system_allows(tmp_path: Path) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    allowed = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)

    command = [sys.executable, "-c", LISTEN, str(tmp_path), str(allowed)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said == "True\n"
