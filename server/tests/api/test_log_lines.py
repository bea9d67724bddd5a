"""The server's log: one line for each thing that happened, whatever clients send, and few of each kind."""

import io
import logging

import pytest

from baserun_server.front.log_lines import FORMAT, PlainLines, Sparing, escaped


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLines(FORMAT))
    logger = logging.Logger("baserun.test")
    logger.addHandler(handler)
    return logger, stream, handler


@pytest.mark.parametrize(
    "hostile",
    ["\n2026-11-30 forged", "\r\nforged", "\x1b[2J", "\x00", "\u2028forged", "\x9b31m", "\u202eforged"],
    ids=repr,
)
def test_nobody_makes_up_a_line_or_steers_the_terminal(log, hostile):
    logger, stream, _ = log
    logger.warning("GET /%s failed", hostile)
    try:
        raise ValueError(hostile)
    except ValueError:
        logger.exception("GET failed")

    lines = stream.getvalue().split("\n")[:-1]
    assert hostile not in stream.getvalue()
    assert not any(line.lstrip("\r").startswith(("2026-11-30 forged", "forged")) for line in lines)
    assert escaped(stream.getvalue().replace("\n", "")) == stream.getvalue().replace("\n", "")


def test_many_lines_of_one_kind_are_counted_instead_of_written(log):
    logger, stream, handler = log
    sparing = Sparing()
    handler.addFilter(sparing)
    for number in range(1_000):
        logger.warning("refused `%s`", number)
    logger.warning("something else")

    assert len(stream.getvalue().splitlines()) == 2
    kind = next(iter(sparing._kinds))
    sparing._kinds[kind] = (-10.0, sparing._kinds[kind][1])
    assert sparing._kinds[kind][1] == 999
