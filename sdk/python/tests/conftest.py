import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "examples"), str(Path(__file__).parent)]

import baserun  # noqa: E402
import fake_provider  # noqa: E402
from baserun import _config, _guard  # noqa: E402
from baserun.testing import Captured, capture_spans  # noqa: E402


@pytest.fixture(autouse=True)
def _faults_of_ours_are_raised(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fault that the application would never see must fail a test."""
    monkeypatch.setattr(_guard, "strict", True)
    _guard.forget_warnings()
    for name in ("BASERUN_URL", "BASERUN_API_KEY", "ENVIRONMENT", "BASERUN_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    yield
    baserun.shutdown(0.5)
    _config.state.settings = _config.Settings()


@pytest.fixture(scope="session")
def provider() -> Iterator[fake_provider.FakeProvider]:
    with fake_provider.running() as running:
        yield running


@pytest.fixture
def captured() -> Iterator[Captured]:
    with capture_spans() as captured:
        yield captured
