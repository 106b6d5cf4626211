"""Several programs run as one, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.single import AlreadyRunningError, single_instance
from tests.runtime.processes import command_lines, eventually

HEAD = """
import signal, sys, time
from pathlib import Path
from runtime import supervise as module
from runtime.supervise import Child, supervise
from runtime.single import single_instance
from runtime.errors import SetupError

folder = Path(sys.argv[1])
mark = str(folder)


def program(name, body, **more):
    return Child(name, [sys.executable, "-c", body, mark], **more)


POLITE = '''
import signal, sys, time
def end(*_):
    print("goodbye", flush=True)
    with open(sys.argv[1] + "/ended", "a") as file: file.write(NAME + "\\\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open(sys.argv[1] + "/" + NAME, "w").close()
print("hello", flush=True)
while True: time.sleep(60)
'''


def polite(name, **more):
    return program(name, f"NAME = {name!r}\\n" + POLITE, **more)
"""


class Up:
    """A supervisor as a process of its own."""

    def __init__(self, folder: Path, body: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(body), str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until(self, words: str) -> str:
        """Read what it says until some words."""
        said = ""
        while words not in said:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"ended without {words!r}: {said}")
            said += line
        return said

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal; returns exit code and last words."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said

    def programs(self) -> list[int]:
        """The programs it has started, as long as they run."""
        lines = command_lines().items()
        return [n for n, line in lines if str(self.folder) in line and n != self.process.pid]


@pytest.fixture
def up(tmp_path) -> Iterator[Callable[[str], Up]]:
    """Start supervisors; whatever is left of them is ended after the test."""
    started: list[Up] = []

    def begin(body: str) -> Up:
        started.append(Up(tmp_path, body))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.communicate()
    for number in started[0].programs():
        os.kill(number, signal.SIGKILL)


def test_programs_start_in_order_and_stop_in_reverse(up, tmp_path):
    """The next starts when the one before is ready; Ctrl-C ends them backwards, and the exit code is 0."""
    running = up("""
        def exists(name):
            return lambda: (folder / name).exists()
        children = [polite("a", ready=exists("a")), polite("b", ready=exists("b")), polite("c", ready=exists("c"))]
        sys.exit(supervise(children, logs=folder / "logs", ready=lambda: print("all up", flush=True)))
    """)
    running.until("all up")
    assert len(running.programs()) == 3
    code, said = running.end(signal.SIGINT)
    assert code == 0
    assert said == "Stopping ...\n"
    assert (tmp_path / "ended").read_text() == "c\nb\na\n"
    assert (tmp_path / "logs" / "a.log").read_text() == "hello\ngoodbye\n"
    assert running.programs() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_ways_to_be_asked(up, number):
    """A service manager's signal and a closed terminal end it just as well."""
    running = up("""
        child = polite("a", ready=(folder / "a").exists)
        sys.exit(supervise([child], logs=folder, ready=lambda: print("up", flush=True)))
    """)
    running.until("up")
    assert running.end(number)[0] == 0
    assert running.programs() == []


def test_warnings_are_said_and_the_rest_is_not(up, tmp_path):
    """The screen stays quiet but for what a person should see; the log has everything."""
    running = up("""
        lines = ["[info     ] fine", "[warning  ] queue is late", '{"level": "error", "event": "lost"}']
        lines += ["ValueError: no", "end"]
        body = "import time\\nprint(" + repr("\\n".join(lines)) + ", flush=True)\\ntime.sleep(60)"
        sys.exit(supervise([program("bot", body)], logs=folder / "logs"))
    """)
    running.until("ValueError")
    eventually(lambda: "end" in (tmp_path / "logs" / "bot.log").read_text())
    assert (tmp_path / "logs" / "bot.log").read_text().count("\n") == 5
    code, said = running.end()
    assert code == 0
    assert said == "Stopping ...\n"


def test_program_that_ends_is_started_again_after_growing_pauses(up):
    """It says which, why, when it comes back and where to read more."""
    running = up("""
        module.PAUSES = (0.1, 0.3, 0.6)
        sys.exit(supervise([program("worker", "import sys; print('no queue'); sys.exit(3)")], logs=folder))
    """)
    times = []
    for _ in range(4):
        said = running.until("worker ended by itself (code 3) and is started again in")
        times.append(time.monotonic())
        assert "its last words: no queue" in said
        assert "worker.log" in said
    assert running.end()[0] == 0
    first, second, third = (later - sooner for sooner, later in pairwise(times))
    assert first < second < third


def test_program_that_does_not_start_ends_everything(up, tmp_path):
    """At the start a failure is told at once, with its last words and exit code 1."""
    running = up("""
        never = lambda: False
        first = polite("a", ready=(folder / "a").exists)
        second = program("b", "print('port 1 is taken'); raise SystemExit(1)", ready=never)
        sys.exit(supervise([first, second], logs=folder))
    """)
    said, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 1
    assert f"b did not start: port 1 is taken (log: {tmp_path}/b.log)" in said
    assert running.programs() == []


def test_stubborn_program_is_killed_with_its_own_children(up):
    """Who does not end when asked is ended, and so is what he started."""
    running = up("""
        module.PATIENCE = 0.3
        body = '''
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])
        open(sys.argv[1] + "/a", "w").close()
        time.sleep(60)
        '''
        import textwrap
        sys.exit(supervise([program("mule", textwrap.dedent(body), ready=(folder / "a").exists)],
                           logs=folder, ready=lambda: print("up", flush=True)))
    """)
    running.until("up")
    eventually(lambda: len(running.programs()) == 2)
    code, said = running.end()
    assert code == 0
    assert "mule did not stop within 0 s and is killed" in said
    eventually(lambda: running.programs() == [])


def test_killed_supervisor_leaves_nothing(up):
    """When the supervisor is killed the kernel asks its programs to end."""
    running = up("""
        children = [polite("a"), polite("b", ready=(folder / "b").exists)]
        sys.exit(supervise(children, logs=folder, ready=lambda: print("up", flush=True)))
    """)
    running.until("up")
    assert len(running.programs()) == 2
    running.end(signal.SIGKILL)
    eventually(lambda: running.programs() == [])


def test_second_learns_where_the_first_is(up, tmp_path):
    """A second program in the same folder is refused with the first one's address."""
    running = up("""
        with single_instance(folder) as mine:
            mine.announce("http://127.0.0.1:8080/")
            print("up", flush=True)
            time.sleep(60)
    """)
    running.until("up")
    with (
        pytest.raises(AlreadyRunningError, match=r"runs already at http://127\.0\.0\.1:8080/ ") as refusal,
        single_instance(tmp_path),
    ):
        pass
    assert refusal.value.address == "http://127.0.0.1:8080/"
    running.end(signal.SIGKILL)
    with single_instance(tmp_path):
        pass


def test_second_is_told_when_the_first_is_still_starting(tmp_path):
    """Before there is an address the sentence says so."""
    with (
        single_instance(tmp_path),
        pytest.raises(AlreadyRunningError, match="is already being started"),
        single_instance(tmp_path),
    ):
        pass


def test_programs_of_a_killed_first_are_waited_for(up, tmp_path):
    """A new start does not meet the programs of a predecessor that was killed."""
    running = up("""
        body = '''
        import signal, sys, time
        def end(*_):
            time.sleep(1)
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        open(sys.argv[1] + "/a", "w").close()
        time.sleep(60)
        '''
        import textwrap
        slow = program("slow", textwrap.dedent(body), ready=(folder / "a").exists)
        with single_instance(folder) as mine:
            supervise([slow], logs=folder, keep_open=[mine.descriptor], ready=lambda: print("up", flush=True))
    """)
    running.until("up")
    running.end(signal.SIGKILL)
    with single_instance(tmp_path):
        assert running.programs() == []
