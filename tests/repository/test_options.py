"""Both SDKs take the same options of `init`: names in the case of each language, defaults, units, environment."""

import dataclasses
import re
from pathlib import Path

import pytest

from baserun import _config

ROOT = Path(__file__).resolve().parents[2]
TYPESCRIPT = (ROOT / "sdk" / "typescript" / "src" / "_config.ts").read_text(encoding="utf-8")

ONLY_PYTHON = {
    "threads": "JavaScript has no threads of the application that could inherit a session",
    "propagate": "in TypeScript the application adds `baserun.headers()` to the calls of its own services",
}

WORDS = {"undefined": None, "true": True, "false": False, "{}": {}}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)


def table(constant: str) -> dict[str, str]:
    """The literal lines of a constant of `_config.ts`: `name: value,`."""
    body = re.search(rf"export const {constant} = \{{\n(.*?)\n\}} as const", TYPESCRIPT, re.DOTALL)
    assert body, constant
    return dict(re.findall(r"^  (\w+): (.+),$", body[1], re.MULTILINE))


def value(literal: str) -> object:
    if literal in WORDS:
        return WORDS[literal]
    return literal[1:-1] if literal.startswith('"') else float(literal.replace("_", ""))


def test_both_have_the_same_options_with_the_same_defaults():
    settings = _config.Settings()
    python = {camel(one.name): getattr(settings, one.name) for one in dataclasses.fields(settings)}

    assert {name: value(literal) for name, literal in table("DEFAULTS").items()} == {
        name: default for name, default in python.items() if name not in map(camel, ONLY_PYTHON)
    }


def test_every_amount_says_its_unit():
    amounts = [one.name for one in dataclasses.fields(_config.Settings) if one.type in ("int", "float")]

    assert [name for name in amounts if not name.endswith(("_bytes", "_records", "_seconds", "_rate"))] == []


def test_an_older_name_leads_to_an_option_and_is_none_itself():
    older = {name: re.match(r'\["(\w+)", ([\d_]+)\]', entry) for name, entry in table("OLDER_NAMES").items()}

    assert set(_config.OLDER_NAMES.values()) <= _config.OPTIONS
    assert not set(_config.OLDER_NAMES) & _config.OPTIONS
    assert {entry[1] for entry in older.values() if entry} <= set(table("DEFAULTS"))
    assert not set(older) & set(table("DEFAULTS"))
    assert all(entry and (entry[2] == "1_000") == entry[1].endswith("Seconds") for entry in older.values())


@pytest.mark.parametrize(
    "variable",
    sorted(set(re.findall(r'env\["([A-Z_]+)"\]', TYPESCRIPT)) - {"BASERUN_API_URL"}),  # of the older TypeScript SDK
)
def test_a_variable_of_the_environment_is_read_by_both(variable: str):
    package = Path(_config.__file__).parent
    assert any(f'"{variable}"' in path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
