"""The demo on stage: server, fake provider and chat application as processes, and what is read off them."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tasks import ROOT

for part in (ROOT, ROOT / "examples"):
    sys.path.insert(0, str(part))

from bench.server import Server  # noqa: E402

from chat_app.plan import make_plan, script_of  # noqa: E402
from chat_app.sent import SentTurn, read_turns  # noqa: E402
from fake_provider import running  # noqa: E402
from tasks.comparison import Differences, compare, expect, total  # noqa: E402
from tasks.visibility import SECONDS_BETWEEN_LOOKS, Watch, percentile  # noqa: E402

CONSOLE = Console(width=None if sys.stdout.isatty() else 140)
SITTINGS = 2
ASKED_VISIBLE_SECONDS = 2.0
ASKED_MEMORY_MIB = 400
SETTLE_SECONDS = 60
REST_SECONDS = 30
"""The engine gives memory back when it had nothing to do for twenty seconds."""
LISTED_DIFFERENCES = 40


def show(text: str) -> None:
    """One line for people."""
    CONSOLE.print(text, highlight=False)


class Performance:
    """One run of the demo in a folder; `with` starts server and provider and ends them however the block ends.

    `seconds_between_looks`: how often what is visible is read meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        pace: float,
        sessions: int,
        seed: int,
        seconds_between_looks: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self.folder = folder
        self.plan = make_plan(seed, sessions)
        self.turns: list[SentTurn] = []
        self.watch: Watch | None = None
        self._pace, self._sessions, self._seed = pace, sessions, seed
        self._seconds_between_looks = seconds_between_looks
        self._port = port
        self._stack = ExitStack()

    def __enter__(self) -> "Performance":
        with ExitStack() as stack:
            self.server = Server(self.folder / "server")
            self.server.port = self._port or self.server.port
            started = time.monotonic()
            stack.enter_context(self.server)
            show(f"server ready at {self.url}/ after {time.monotonic() - started:.1f} s")
            script = self.folder / "script.json"
            script.write_text(json.dumps(script_of(self.plan), ensure_ascii=False), encoding="utf-8")
            self.provider = stack.enter_context(running(pace=self._pace, script=script))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self.server.port}"

    def play(self) -> None:
        """Both sittings of the chat application, each a process of its own, with a progress bar."""
        memory = self.folder / "conversations"
        memory.mkdir()
        visits = sum(len(session.sittings) for session in self.plan)
        with Watch(self.server, self._seconds_between_looks) as self.watch, Bar(visits) as bar:
            for sitting in range(SITTINGS):
                self._sit(sitting, memory, bar)
                self.turns += read_turns(memory / f"sent-{sitting}.jsonl")
            self.watch.wait_for(
                len([call for turn in self.turns if turn.session_id for call in turn.calls]), SETTLE_SECONDS
            )

    def _sit(self, sitting: int, memory: Path, bar: "Bar") -> None:
        command = [sys.executable, str(ROOT / "examples" / "chat_app"), "--provider", self.provider.openai_url]
        command += ["--folder", str(memory), "--sitting", str(sitting)]
        command += ["--sessions", str(self._sessions), "--seed", str(self._seed)]
        application = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "BASERUN_URL": self.url}
        )
        try:
            assert application.stdout is not None
            for _ in application.stdout:
                bar.advance()
            if application.wait():
                raise SystemExit(f"error: the chat application ended with exit code {application.returncode}")
        finally:
            application.kill()
            application.wait()

    def summary(self) -> str:
        """What was sent, in a line."""
        everything = total(expect(self.turns).sessions.values())
        users = len({turn.user_id for turn in self.turns if turn.user_id})
        return (
            f"{len(self.plan)} sessions of {users} people, {len(self.turns)} turns, "
            f"{everything['llm_calls']} calls in sessions, {everything['errors']} errors"
        )

    def compare(self) -> Differences:
        """What the API shows, against what was sent."""
        self.server.wait_stored(SETTLE_SECONDS)
        return compare(expect(self.turns), self.server, self.plan)

    def check(self) -> int:
        """Compare, print, and give the exit code."""
        show(f"sent {self.summary()}; comparing")
        differences = self.compare()
        assert self.watch is not None
        seen = self.watch.seconds_until_visible(self.turns)
        visible_seconds = percentile(seen, 95) if seen else float("inf")
        memory_mib = self.memory_at_rest_mib()
        self._print(differences, visible_seconds, len(seen), memory_mib)
        # The exit code is the comparison's: exactness holds on every machine, speed is judged by `./dev bench quick`.
        return 1 if differences.wrong else 0

    def memory_at_rest_mib(self) -> dict[str, float]:
        """Memory by part, once the server has given back what it needs no more, some time after its last work."""
        until = time.monotonic() + REST_SECONDS
        while True:
            memory_mib = {part: size / 2**20 for part, size in self.server.memory_bytes().items()}
            if memory_mib["all"] <= ASKED_MEMORY_MIB or time.monotonic() > until:
                return memory_mib
            time.sleep(1)

    def _print(self, outcome: Differences, visible_seconds: float, calls: int, memory_mib: dict[str, float]) -> None:
        table = Table("what", "sent", "shown", "equal", title="Sent and shown", title_justify="left")
        for line in outcome.lines:
            equal = "yes" if line.equal else "NO"
            table.add_row(line.what, line.sent, line.shown, equal, style=None if line.equal else "bold red")
        CONSOLE.print(table)
        for one in outcome.wrong[:LISTED_DIFFERENCES]:
            CONSOLE.print(f"{one.where}: {one.what} is {one.shown}, sent {one.sent}", style="red")
        if len(outcome.wrong) > LISTED_DIFFERENCES:
            CONSOLE.print(f"… and {len(outcome.wrong) - LISTED_DIFFERENCES} more", style="red")
        parts = ", ".join(f"{part} {size:.0f}" for part, size in memory_mib.items() if part != "all")
        visible, memory = f"{visible_seconds:.2f} s", f"{memory_mib['all']:.0f} MiB ({parts})"
        figures = Table("figure", "asked", "measured", "reached", title="Figures", title_justify="left")
        figures.add_row(
            f"visible after a call ended, p95 of {calls} calls",
            f"≤ {ASKED_VISIBLE_SECONDS} s",
            visible,
            _word(visible_seconds <= ASKED_VISIBLE_SECONDS),
        )
        figures.add_row(
            "memory of the server at rest (PSS)",
            f"≤ {ASKED_MEMORY_MIB} MiB",
            memory,
            _word(memory_mib["all"] <= ASKED_MEMORY_MIB),
        )
        CONSOLE.print(figures)
        if outcome.wrong:
            CONSOLE.print(f"{len(outcome.wrong)} numbers differ.", style="bold red")
        else:
            CONSOLE.print("Everything that was sent is shown, exactly.", style="bold green")


def _word(reached: bool) -> str:
    return "yes" if reached else "NO"


class Bar:
    """Progress of the visits: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, visits: int) -> None:
        self.visits = visits
        self.done = 0
        columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=CONSOLE, disable=not CONSOLE.is_terminal)

    def __enter__(self) -> "Bar":
        self._progress.start()
        self._task = self._progress.add_task("visits", total=self.visits)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self) -> None:
        """One visit is over."""
        self.done += 1
        self._progress.advance(self._task)
        every = max(1, self.visits // 10)
        if not CONSOLE.is_terminal and (self.done % every == 0 or self.done == self.visits):
            print(f"{self.done} of {self.visits} visits", flush=True)
