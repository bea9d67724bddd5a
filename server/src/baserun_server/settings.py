"""Every setting of the server: its name, its default and what it does.

Each field is read from the environment variable `BASERUN_<NAME>` (upper case); `baserun-server serve` takes the common
ones as options, which win. Sizes are bytes, times are in the unit of the name.
"""

import ipaddress
import os
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from .errors import BaserunError
from .processes.handing import handed_down

GIB = 1 << 30
MIB = 1 << 20
SOCKET_PATH_BYTES = 104
"""What macOS allows; Linux has 108."""


def default_data_dir() -> Path:
    """The folder `baserun` in the user's data home, as the platform has it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "baserun"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "baserun"


class Settings(BaseSettings):
    """What one server runs with; made once at the start and passed to everything."""

    model_config = SettingsConfigDict(env_prefix="BASERUN_", extra="ignore", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    """Address to listen on. Any address but a loopback one needs keys."""
    port: int = Field(default=4318, ge=0, le=65535)
    """Port to listen on; 4318 is where OpenTelemetry programs send by default. 0 takes a free one."""
    grpc_port: Annotated[int, Field(ge=0, le=65535)] | Literal["auto", "off"] = "auto"
    """Port for OTLP over gRPC, on the same address; 0 takes a free one, `off` none. `auto` is OpenTelemetry's port 4317
    if the HTTP port is 4318 and 4317 is free, and `off` otherwise."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Folder that holds everything: the log, the tables, the control plane."""
    api_keys: Annotated[SecretStr, NoDecode] = SecretStr("")
    """Keys that clients may use, separated by commas, each `key` or `project:key`. If other machines can reach the
    server, each key needs at least 24 characters. A setting without a key, with an empty one or with one twice is
    refused."""
    api_keys_file: Path | None = None
    """File to read the keys from instead, one per line in the same form; lines that begin with `#` are skipped. Unlike
    a variable, it does not stay readable in the process's environment. It is read once, when the server starts."""
    store_url: SecretStr = SecretStr("")
    """`clickhouse://user:password@host:8123/database` to keep telemetry on a ClickHouse server or cluster instead of
    the embedded engine."""

    store_cluster: str = ""
    """Name of the cluster (as in the server's `remote_servers`) over which the tables are sharded. Without it they are
    tables of the one server that `BASERUN_STORE_URL` names."""
    store_replicated: bool = True
    """Whether the tables of a cluster are replicated, too."""

    erasure_key: Annotated[SecretStr, NoDecode] = SecretStr("")
    """Secret of at least 32 characters with which tombstones of erased people are made, the same on every server of a
    shared store. The embedded engine generates its own (`erasure.keys` in the data folder). Further secrets, separated
    by commas, recognise tombstones that came from other stores."""

    log_durability: Literal["always", "200ms", "off"] = "always"
    """When a request is acknowledged: after its bytes are synced to the disk (`always`), or after they were written,
    with a sync five times a second (`200ms`) or left to the system (`off`). A killed process loses nothing in any of
    the three; a power cut loses up to 0.2 s, or what the system had not written yet."""
    log_segment_bytes: int = Field(default=64 * MIB, ge=1)
    """Size at which the log begins a new file."""
    log_limit_bytes: int = Field(default=4 * GIB, ge=1)
    """Bytes that are acknowledged but not yet stored, above which clients are asked to wait (503)."""
    log_keep_bytes: int = Field(default=2 * GIB, ge=0)
    """Size up to which stored files of the log are kept, so that they can be read again. `BASERUN_LOG_KEEP_HOURS`
    limits them, too."""
    log_keep_hours: float = Field(default=24, ge=0)
    """Age in hours up to which stored files of the log are kept; 0 drops them at once. `BASERUN_LOG_KEEP_BYTES` limits
    them, too."""

    max_connections: int | None = Field(default=None, ge=1)
    """Maximum number of open connections. When all are taken, a new one replaces the one that has waited longest
    without sending a whole request, and is refused (503) if there is none. The default follows from how many files the
    process may open, up to 8,192. Over gRPC as many again, up to 1,024."""
    max_body_bytes: int = Field(default=32 * MIB, ge=1)
    """Largest request as sent, in bytes."""
    max_decompressed_bytes: int = Field(default=128 * MIB, ge=1)
    """Largest request after decompression, in bytes."""

    batch_spans: int = Field(default=20_000, ge=1)
    """Number of records at which a batch is written. Every statement costs the engine some time whatever it touches, so
    a backlog is processed in large batches; the worker takes about 20 KB of memory per span."""
    batch_bytes: int = Field(default=48 * MIB, ge=1)
    """Bytes of the log at which a batch is written."""
    batch_interval_ms: int = Field(default=500, ge=0)
    """Milliseconds since the previous batch after which a batch is written."""

    prices_file: Path | None = None
    """JSON file with prices of models, in USD per million tokens, which add to ours or replace them
    (docs/guides/troubleshooting.md has an example)."""
    redact_keys: Annotated[str, NoDecode] = ""
    """Further names of fields whose values are secrets, separated by commas; the end of a name is enough."""
    redact_patterns: Annotated[str, NoDecode] = ""
    """Further regular expressions whose matches are secrets, separated by new lines, in RE2 syntax, which has no
    look-around and no back-references."""
    redact_personal: bool = False
    """Whether e-mail addresses, IBANs and payment card numbers are redacted like secrets, in ids too."""
    redact_hash_key: SecretStr = SecretStr("")
    """Key of the hashes that distinguish redacted ids. Without it each data folder generates its own; servers that
    share a store need the same one."""
    redact_before_log: Annotated[str, NoDecode] = ""
    """Projects whose requests are redacted before they are written to the log, separated by commas; `*` means all.
    Otherwise the log holds requests as they came, for as long as it is kept."""
    session_attributes: Annotated[str, NoDecode] = ""
    """Further attributes that name the session, separated by commas, tried after the known ones."""
    user_attributes: Annotated[str, NoDecode] = ""
    """Further attributes that name the end user, separated by commas, tried after the known ones."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what was given here, what the parent process handed down, and the environment; the first wins."""
        return init_settings, HandedDown(settings_cls), env_settings

    @property
    def keys_are_set(self) -> bool:
        """Whether anything was said about keys: then there is no way in without one."""
        return bool(self.api_keys.get_secret_value()) or self.api_keys_file is not None

    @property
    def grpc_address(self) -> str:
        """Where gRPC listens, as that library names it."""
        return f"[{self.host}]:{self.grpc_port}" if ":" in self.host else f"{self.host}:{self.grpc_port}"

    @property
    def log_dir(self) -> Path:
        """Folder of the write-ahead log."""
        return self.data_dir / "log"

    @property
    def erasures_dir(self) -> Path:
        """Folder of erasures that the worker has not done yet."""
        return self.data_dir / "erasures"

    @property
    def erasure_keys(self) -> Path:
        """File of the key of the marks of erased people, where the embedded engine keeps the telemetry."""
        return self.data_dir / "erasure.keys"

    @property
    def engine_dir(self) -> Path:
        """Folder of the embedded engine's tables."""
        return self.data_dir / "engine"

    @property
    def engine_socket(self) -> Path:
        """Unix socket of the embedded engine: in the data folder, or in the temporary one where its path would be
        longer than the system allows."""
        path = self.data_dir.absolute() / "engine.sock"
        if len(os.fsencode(path)) < SOCKET_PATH_BYTES:
            return path
        # In a folder of its own, which is ours alone (`private.own_socket_folder`): anybody may write to the other.
        of_this_user = os.fsencode(path) + str(os.geteuid()).encode()
        name = f"baserun-{blake2b(of_this_user, digest_size=8).hexdigest()}"
        return Path(tempfile.gettempdir()) / name / "engine.sock"

    @property
    def store_address(self) -> str:
        """Where the store answers, in the form of `store/wire/transport.py`."""
        return self.store_url.get_secret_value() or f"clickhouse+unix://{self.engine_socket}"

    @property
    def dead_letters(self) -> Path:
        """File of what could not be read or stored."""
        return self.data_dir / "dead-letters.jsonl"

    @property
    def embedded(self) -> bool:
        """True where our own engine process keeps the telemetry."""
        return not self.store_url

    @property
    def loopback(self) -> bool:
        """True where only programs of this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class HandedDown(PydanticBaseSettingsSource):
    """What the process that started this one handed down (`processes/handing.py`)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """One setting."""
        return handed_down().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All settings of this source."""
        return handed_down()


def load_settings(**given: Any) -> Settings:
    """The settings, from what is given and the environment; raises `BaserunError`, which shows no value."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise BaserunError(
            f"the setting `BASERUN_{name.upper()}` cannot be used: {first['msg']}",
            hint="`docs/reference/settings.md` says what each setting takes",
        ) from None


def words(text: str) -> list[str]:
    """The parts of a comma-separated setting, trimmed, without empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]
