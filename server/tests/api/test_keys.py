"""Keys: which settings are refused, what opens the door, and how guessing is slowed down."""

import base64

import pytest

from baserun_server.__main__ import check_keys
from baserun_server.api.auth import ADDRESSES, WINDOW_SECONDS, WRONG_KEYS, Guesses, Keys, keys_in, read_keys
from baserun_server.errors import BaserunError, Busy, KeyMissing
from baserun_server.settings import Settings, load_settings

GOOD = "k3y-0123456789-abcdefghijklmn"
OTHER = "another-0123456789-abcdefghij"
OFF_LOOPBACK = ("0.0.0.0", "::", "192.168.1.5", "my.host")

BAD = [
    (" ", "is empty"),
    (",", "is empty"),
    (" , ", "is empty"),
    (",,", "is empty"),
    (f"{GOOD},", "is empty"),
    ("acme:", "is empty"),
    (":", "is empty"),
    (f":{GOOD}", "names an empty project"),
    (f"{GOOD},{GOOD}", "are the same"),
    (f"a:{GOOD},b:{GOOD}", "are the same"),
    (f"default:{GOOD},{GOOD}", "are the same"),
    (f"a:{GOOD}\tx", "a character other than"),
    (f"{GOOD} {GOOD}", "a character other than"),
    (f"schlüssel-{GOOD}", "a character other than"),
    (f"pro\x1bject:{GOOD}", "control character"),
    (f"pro\nject:{GOOD}", "control character"),
    (f"{'p' * 129}:{GOOD}", "more than `128` characters"),
    ("k" * 1025, "longer than `1024` characters"),
]


def keys(text: str, **given) -> Keys:
    return Keys(Settings(api_keys=text, **given))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("text", "fault"), BAD, ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("host", ["127.0.0.1", *OFF_LOOPBACK])
def test_keys_that_keep_nobody_out_are_refused_at_every_address_without_being_shown(host, text, fault):
    with pytest.raises(BaserunError, match=fault) as refused:
        check_keys(Settings(host=host, api_keys=text))  # pyright: ignore[reportArgumentType]

    assert "secrets.token_urlsafe(32)" in str(refused.value)
    assert GOOD not in str(refused.value)


@pytest.mark.parametrize("text", [text for text, _ in BAD], ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_door_with_unusable_keys_opens_for_nobody(host, text):
    door = keys(text, host=host)

    assert not door.open
    for headers in NO_KEY:
        assert door.project_of(headers) is None, headers


NO_KEY = [
    {},
    {"authorization": ""},
    {"authorization": "Bearer"},
    {"authorization": "Bearer "},
    {"authorization": "Basic "},
    {"authorization": "Basic " + base64.b64encode(b":").decode()},
    {"authorization": "Basic " + base64.b64encode(b"").decode()},
    {"authorization": "Basic \u00ff\u00ff"},
    {"helicone-auth": "Bearer "},
    {"x-api-key": ""},
    {"x-api-key": " "},
    {"api-key": ""},
    {"api_key": ""},
    {"dd-api-key": ""},
]


@pytest.mark.parametrize("headers", NO_KEY, ids=str)
def test_an_empty_key_is_no_key(headers):
    assert list(keys_in(headers)) == []


@pytest.mark.parametrize("host", OFF_LOOPBACK)
def test_without_keys_only_a_loopback_address_is_open(host):
    assert Keys(Settings()).open
    assert not Keys(Settings(host=host)).open
    with pytest.raises(BaserunError, match="there are no keys"):
        check_keys(Settings(host=host))


@pytest.mark.parametrize("host", OFF_LOOPBACK)
def test_a_short_key_is_refused_where_others_can_reach_the_server(host):
    with pytest.raises(BaserunError, match=r"shorter than `24` characters.*number `2`"):
        check_keys(Settings(host=host, api_keys=f"{GOOD},b:short"))  # pyright: ignore[reportArgumentType]
    check_keys(Settings(host=host, api_keys=GOOD))  # pyright: ignore[reportArgumentType]


def test_a_short_key_on_a_loopback_address_is_taken_with_a_warning(capsys):
    check_keys(Settings(api_keys="a:ka,b:kb"))  # pyright: ignore[reportArgumentType]

    assert capsys.readouterr().err.startswith("warning: keys shorter than `24` characters")
    assert keys("a:ka,b:kb").project_of({"authorization": "Bearer kb"}) == "b"


def test_keys_come_from_a_file_one_a_line(tmp_path):
    path = tmp_path / "keys"
    path.write_text(f"# of the shop\nshop:{GOOD}\n\n{OTHER}\n")
    settings = Settings(host="0.0.0.0", api_keys_file=path)

    check_keys(settings)

    assert read_keys(settings) == [("shop", GOOD), ("default", OTHER)]
    assert Keys(settings).project_of({"x-api-key": GOOD}) == "shop"


UNUSABLE_FILES = {"empty": b"", "only a comment": b"# none\n\n", "not text": b"\xff\xfe\x00", "an empty key": b"a:\n"}


@pytest.mark.parametrize("content", [*UNUSABLE_FILES.values(), None], ids=[*UNUSABLE_FILES, "missing"])
def test_a_file_without_a_key_is_refused_and_opens_for_nobody(tmp_path, content):
    path = tmp_path / "keys"
    if content is not None:
        path.write_bytes(content)
    settings = Settings(api_keys_file=path)

    with pytest.raises(BaserunError):
        check_keys(settings)
    assert not Keys(settings).open
    assert Keys(settings).project_of({"authorization": "Bearer "}) is None


def test_keys_from_two_places_are_refused(tmp_path):
    with pytest.raises(BaserunError, match="both set"):
        check_keys(Settings(api_keys=GOOD, api_keys_file=tmp_path / "keys"))  # pyright: ignore[reportArgumentType]


SECRETS = {"api_keys": f"a:{GOOD}", "store_url": f"clickhouse://u:{GOOD}@h/d"}


@pytest.mark.parametrize("name", SECRETS)
def test_settings_never_show_a_secret(name):
    settings = Settings(**SECRETS)  # pyright: ignore[reportArgumentType]

    assert GOOD not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_setting_that_cannot_be_used_is_told_without_its_value():
    with pytest.raises(BaserunError, match="`BASERUN_PORT` cannot be used") as refused:
        load_settings(port=GOOD, api_keys=OTHER)

    assert GOOD not in str(refused.value)
    assert OTHER not in str(refused.value)
    with pytest.raises(ValueError, match="port") as raised:
        Settings(port=GOOD, api_keys=OTHER)  # pyright: ignore[reportArgumentType]
    assert GOOD not in str(raised.value)


def test_too_many_wrong_keys_from_an_address_are_told_to_wait_and_right_ones_never():
    now = 0.0
    door = Keys(Settings(api_keys=f"shop:{GOOD}"), lambda: now)  # pyright: ignore[reportArgumentType]
    wrong, right = {"x-api-key": "guess"}, {"x-api-key": GOOD}

    for _ in range(WRONG_KEYS):
        with pytest.raises(KeyMissing):
            door.admit(wrong, "192.0.2.1")
    now = 20.0
    with pytest.raises(Busy) as busy:
        door.admit(wrong, "192.0.2.1")
    assert busy.value.status == 429
    assert busy.value.retry_after_s == WINDOW_SECONDS - 20
    assert door.admit(right, "192.0.2.1") == "shop"
    with pytest.raises(KeyMissing):
        door.admit({}, "192.0.2.1")  # no key is no guess
    with pytest.raises(KeyMissing):
        door.admit(wrong, "192.0.2.2")  # others are not punished
    now = WINDOW_SECONDS + 1
    with pytest.raises(KeyMissing):
        door.admit(wrong, "192.0.2.1")


def test_a_network_of_ipv6_counts_as_one_address():
    guesses = Guesses(lambda: 0.0)
    waits = [guesses.add(f"2001:db8::{number:x}") for number in range(WRONG_KEYS + 1)]

    assert waits == [0] * WRONG_KEYS + [60]
    assert guesses.add("2001:db8:0:1::1") == 0


def test_guesses_from_many_addresses_take_bounded_memory():
    guesses = Guesses(lambda: 0.0)
    for number in range(ADDRESSES + 100):
        guesses.add(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(guesses._windows) == ADDRESSES
