"""The documented call forms are typed as documented."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_documented_call_forms_pass_the_strict_type_checker():
    api = Path(__file__).parent / "typing" / "api.py"
    checked = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(api)], capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stdout
