"""What `init()` takes: by its names of today, by older ones, and from the environment."""

import logging

import pytest

import baserun
from baserun import _config, _guard

NOWHERE = {"url": "http://127.0.0.1:9", "instrument": False, "shutdown_timeout_seconds": 0.1}


def test_options_by_their_older_names_mean_the_same():
    older = _config.read_settings(baserun_api_key="br-1", shutdown_timeout=0.5)

    assert older == _config.read_settings(api_key="br-1", shutdown_timeout_seconds=0.5)
    assert _config.read_settings(baserun_api_key="br-1", api_key="br-2").api_key == "br-2"


def test_the_environment_sets_what_is_not_given(monkeypatch):
    monkeypatch.setenv("BASERUN_RELEASE", "1.2")
    monkeypatch.setenv("BASERUN_CAPTURE_CONTENT", "false")
    monkeypatch.setenv("BASERUN_HASH_USERS", "true")
    monkeypatch.setenv("BASERUN_DISABLED", "no")

    settings = _config.read_settings(release="1.3")

    assert (settings.release, settings.capture_content, settings.hash_users, settings.enabled) == (
        "1.3",
        False,
        True,
        True,
    )


def test_what_is_off_records_nothing_and_says_nothing(monkeypatch, caplog):
    monkeypatch.setenv("BASERUN_DISABLED", "true")
    client = object()

    assert baserun.init(client, **NOWHERE) is client

    with baserun.start_trace("unseen"):
        baserun.log("unheard", {"a": 1})
    assert _config.state.delivery is None
    assert baserun.flush()
    assert not caplog.records


def test_a_key_given_to_init_hashes_users(captured):
    baserun.init(hash_users=True, user_hash_key="k", **NOWHERE)

    with baserun.with_session(user_identifier="ada") as session:
        assert session.user_identifier == baserun.hash_identifier("ada", "k")


def test_quiet_logs_no_warning(caplog):
    baserun.init(quiet=True, **NOWHERE)

    with caplog.at_level(logging.WARNING), baserun.with_session(user_identifier="ada@example.com"):
        pass

    assert not caplog.records


def test_faults_of_ours_are_raised_where_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(_guard, "strict", False)
    baserun.init(raise_faults=True, **NOWHERE)

    with pytest.raises(ZeroDivisionError), _guard.guarded("here"):
        _ = 1 / 0

    baserun.init(**NOWHERE)
    with _guard.guarded("here"):
        _ = 1 / 0
