"""Kill any process at any moment: nothing acknowledged is lost, nothing is counted twice.

The chat application of the demo talks while the server's processes are killed with SIGKILL; then every number is
compared with what was sent.
"""

import threading
import time
from pathlib import Path

import pytest
from tasks.performance import Performance

SESSIONS = 24
VICTIMS = ("worker", "engine", "front") * 3
"""Each three times, as the first visits come in, and while others go on."""


@pytest.mark.slow(40)
@pytest.mark.timeout(240)
def test_what_was_sent_is_shown_exactly_whichever_process_is_killed_in_mid_run(tmp_path: Path):
    with Performance(tmp_path, port=0, pace=0.6, sessions=SESSIONS, seed=3, seconds_between_looks=1) as performance:
        killer = threading.Thread(target=kill_again_and_again, args=(performance,))
        killer.start()
        performance.play()
        killer.join()
        differences = performance.compare()
    assert not differences.wrong
    assert all(line.equal for line in differences.lines)


def kill_again_and_again(performance: Performance) -> None:
    """One process after the other, with time between them to begin something."""
    for victim in VICTIMS:
        time.sleep(1.5)
        performance.server.kill(victim)
        if victim == "front":
            # The others end with it; somebody (systemd, docker, a person) starts it again.
            restart(performance)


def restart(performance: Performance) -> None:
    """Start the server again, on the same folder and port, as often as it takes for the old processes to let go."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        performance.server.spawn()
        try:
            performance.server.wait_ready()
        except RuntimeError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not start again")
