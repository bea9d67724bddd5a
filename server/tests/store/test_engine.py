"""The engine process as its neighbours on the machine see it."""

import stat

from .conftest import EngineProcess


def test_only_its_own_user_may_speak_to_the_engine(engine: EngineProcess):
    assert stat.S_IMODE(engine.socket.stat().st_mode) == 0o600


def test_a_stopped_engine_leaves_no_socket_behind(engine_of_its_own: EngineProcess):
    assert engine_of_its_own.stop() == 0
    assert not engine_of_its_own.socket.exists()
