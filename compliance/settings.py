"""Runtime knobs: where things lie and how much of the machine they may take. Never a threshold.

A value comes from ``COMPLIANCE_<NAME>`` in the environment, else from ``compliance.yaml`` in the
working directory, else from the default here. Nothing is created on disk until someone writes.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from compliance.errors import SettingsError
from compliance.media.limits import DecodeLimits
from compliance.text.personal.entities import LOCALES
from compliance.types import Model

PREFIX = "COMPLIANCE_"
FILE = "compliance.yaml"

NOT_SETTINGS = frozenset({"COMPLIANCE_MASTER_KEY", "COMPLIANCE_TEST_DATA"})
"""Variables with our prefix that are read elsewhere: a secret is never a setting, since settings
get printed, and the tests' data is no concern of a run."""


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0))


class Settings(Model):
    """Runtime knobs of one process."""

    home: Path = Field(default_factory=lambda: Path.cwd() / ".compliance")
    """Folder of database, keys and runs; made with mode 0700 by whoever first writes."""
    database_url: str = Field(
        default_factory=lambda data: (
            f"sqlite:///{Path(data['home']).absolute()}/compliance.sqlite3"
        ),
        min_length=1,
    )
    """SQLAlchemy URL; a SQLite file under :attr:`home` unless set, or ``postgresql+psycopg://…``."""
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda:\d+)$")
    """``auto``, ``cpu`` or ``cuda:<n>``; ``auto`` takes the first GPU that works, else the CPU."""
    threads: int = Field(default_factory=_usable_cores, ge=1)
    """Threads that models may use together; the cores this process may run on unless set."""
    commercial: bool = True
    """True refuses models whose licence forbids commercial use, or does not say."""
    max_pixels: int = Field(default=DecodeLimits.max_pixels, ge=1)
    """Largest frame that is decoded, pixels."""
    max_seconds: float = Field(default=DecodeLimits.max_seconds, gt=0)
    """Longest media that is decoded, seconds of presentation time."""
    memory_bytes: int = Field(default=DecodeLimits.memory_bytes, ge=64 * 1024**2)
    """Address space that one decoding process may take beyond its libraries, bytes."""
    wall_seconds: float = Field(default=DecodeLimits.total_seconds, gt=0)
    """Time that decoding one asset may take by the wall clock, seconds."""
    strict_sandbox: bool = False
    """True refuses to decode where the kernel cannot enforce the whole containment."""
    analyzers: tuple[str, ...] = ()
    """Analyzers that run beside those that the policy needs, by name; where several fill one role, the
    one named here does."""
    tier: Literal["bundled", "full"] = "bundled"
    """``full`` takes the stronger analyzer of each role, whose models are pulled first."""
    starter_names: bool = True
    """True looks for the shipped names of public figures, brands and works beside those in the banks."""
    pii_locales: tuple[str, ...] = ()
    """Countries (ISO 3166) whose national numbers are looked for; all that are known unless set."""
    models: Path = Field(default_factory=lambda data: Path(data["home"]) / "models")
    """Folder of models that were pulled or imported."""
    waivers: Path = Field(default_factory=lambda: Path.cwd() / "waivers")
    """Folder of waivers, one YAML file each; every review reads it, and none need be there."""
    clearers: tuple[str, ...] = ("legal", "reviewer-lead")
    """Roles that may clear a flagged verdict."""
    cards: Path | None = None
    """Folder of model cards of your own; they win over shipped ones of the same id."""

    @field_validator("analyzers", "clearers", "pii_locales", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        """Take names joined by commas, as an environment variable gives them."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("pii_locales")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a country of which no national number is known: nothing would be looked for."""
        upper = tuple(sorted({one.upper() for one in value}))
        if strange := ", ".join(one for one in upper if one not in LOCALES):
            raise ValueError(
                f"no national numbers of {strange}, only of {', '.join(sorted(LOCALES))}"
            )
        return upper

    @property
    def decode_limits(self) -> DecodeLimits:
        """What decoding one file may cost."""
        return DecodeLimits(
            max_pixels=self.max_pixels,
            max_seconds=self.max_seconds,
            memory_bytes=self.memory_bytes,
            total_seconds=self.wall_seconds,
            strict_sandbox=self.strict_sandbox,
        )

    @property
    def runs(self) -> Path:
        """Folder with one folder of results per run."""
        return self.home / "runs"

    @property
    def observations(self) -> Path:
        """Folder of observations by their key, encrypted."""
        return self.home / "observations"

    @property
    def keys(self) -> Path:
        """Folder of the master key that templates are encrypted under."""
        return self.home / "keys"

    @property
    def signing(self) -> Path:
        """Folder of the development certificate authority and its key."""
        return self.home / "signing"


def load_settings(env: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings of this process.

    Args:
        env: the environment, such as ``os.environ``; it wins over the file.
        file: a YAML file; None reads ``compliance.yaml`` in the working directory, if there is one.

    Raises:
        SettingsError: a name is unknown, a value is out of range, or the file cannot be read.
    """
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    path = file if file is not None else Path(FILE)
    if file is not None or path.exists():
        for name, value in _read(path).items():
            values[_known(name, str(path), "")] = value
            places[name] = f"{path}, {name}"
    for variable in sorted(env):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            name = _known(variable.removeprefix(PREFIX).lower(), "environment", PREFIX)
            values[name] = env[variable]
            places[name] = variable
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise SettingsError(
            f"the setting is not usable: {first['msg']}",
            found=repr(first["input"]),
            where=places.get(name, name),
            fix=f"set {PREFIX}{name.upper()} to a value as described for {name}, or unset it",
        ) from error


def private_folder(folder: Path) -> Path:
    """Make ``folder`` and its missing parents, readable by their owner alone (mode 0700).

    Raises:
        SettingsError: the folder cannot be made.
    """
    try:
        for path in (*reversed(folder.parents), folder):
            path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            "the folder cannot be made",
            expected="a folder that this user can write to",
            found=str(error.strerror),
            where=str(folder),
            fix="set COMPLIANCE_HOME to a folder that you can write to",
        ) from error
    return folder


def _read(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(path)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise SettingsError(
            "the settings file cannot be read",
            expected="a YAML mapping of names to values",
            found=" ".join(str(error).split()),
            where=str(path),
            fix="correct the file, or move it away to run with defaults",
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(
            "the settings file is not a mapping",
            expected="lines such as 'device: cpu'",
            found=type(content).__name__,
            where=str(path),
            fix="write one setting per line",
        )
    return content


def _known(name: object, where: str, prefix: str) -> str:
    if isinstance(name, str) and name in Settings.model_fields:
        return name

    def shown(setting: str) -> str:
        return prefix + setting.upper() if prefix else setting

    close = difflib.get_close_matches(str(name), list(Settings.model_fields), n=1)
    names = ", ".join(shown(known) for known in Settings.model_fields)
    raise SettingsError(
        "there is no such setting",
        expected=f"one of {names}",
        found=shown(str(name)),
        where=where,
        fix=f"did you mean {shown(close[0])}?" if close else "remove it",
    )
