"""What is set for this machine: one TOML file, with the environment above it.

Dated values of the office stand in the database (core.settings), sizes of windows in QSettings,
passwords in the keyring; none of them here. Order: command line, environment, file, default.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import EnvironmentFault
from core.files import write_whole
from core.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_
from core.messages import register

register(
    {
        "config.unreadable": N_("The settings file “{path}” cannot be read: {reason}"),
        "config.unknown": N_("The settings file “{path}” has an unknown entry “{key}”."),
        "config.type": N_("The settings file “{path}” has “{value}” for {key}, which cannot be."),
        "config.language": N_("The settings file “{path}” names the unknown language “{value}”."),
        "config.database_kind": N_(
            "There is no way to a “{kind}” database. Name an SQLite file or a postgresql:// address."
        ),
        "config.unwritable": N_("The settings file “{path}” cannot be written."),
    }
)

#: Environment variables; each wins over the entry of the same name in the file.
ENVIRONMENT = {"database": "LINTAN_DATABASE", "language": "LINTAN_LANG", "theme": "LINTAN_THEME"}


@dataclass(frozen=True, kw_only=True)
class MachineConfig:
    """The settings of this machine.

    Attributes:
        database: URL or file of the database; empty means `lintan.db` in the user's data folder.
        language: language of the screen, one of `core.i18n.LANGUAGES`.
        theme: `light`, `dark` or `system`.
        login: who logged in last, offered at the next start.
        scale: size of texts in percent.
        signing_key: PKCS#12 file the office signs its papers with; its passphrase is never here.
        token_library: PKCS#11 library of the signing token that is used instead of that file.
        token_label: which of its tokens; the first one when empty.
        token_serial: which of those with this label.
        codes_key: key file (PEM) that signs the codes on papers a token signs.
    """

    database: str = ""
    language: str = DEFAULT_LANGUAGE
    theme: str = "system"
    login: str = ""
    scale: int = 100
    signing_key: str = ""
    token_library: str = ""
    token_label: str = ""
    token_serial: str = ""
    codes_key: str = ""


def data_folder() -> Path:
    """Where the program keeps the embedded database (`LINTAN_HOME` moves everything)."""
    return _home("data") or Path(_platform("user_data_dir"))


def config_folder() -> Path:
    """Where the settings file stands."""
    return _home("config") or Path(_platform("user_config_dir"))


def log_folder() -> Path:
    """Where logs and bug reports go."""
    return _home("log") or Path(_platform("user_log_dir"))


def config_file() -> Path:
    """The settings file of this machine; it need not exist."""
    return config_folder() / "lintan.toml"


def load(path: Path | None = None) -> MachineConfig:
    """Read the settings; a missing file means the defaults.

    Raises:
        EnvironmentFault: the file is damaged, or has an unknown entry or language.
    """
    path = path or config_file()
    values = _from_file(path) | {
        key: os.environ[name] for key, name in ENVIRONMENT.items() if os.environ.get(name)
    }
    for key, value in values.items():
        _check(path, key, value)
    settings: MachineConfig = MachineConfig(**values)  # type: ignore[arg-type] # checked above
    if settings.language not in LANGUAGES:
        raise EnvironmentFault("config.language", path=str(path), value=settings.language)
    return settings


def save(settings: MachineConfig, path: Path | None = None) -> None:
    """Write the settings file whole or not at all.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    path = path or config_file()
    lines = [f"{key} = {_toml(value)}\n" for key, value in asdict(settings).items()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, "".join(lines).encode())
    except OSError as problem:
        raise EnvironmentFault("config.unwritable", path=str(path)) from problem


def database_url(given: str | None = None) -> str:
    """The SQLAlchemy URL of a database named by URL or file; without one, this machine's.

    `postgresql://` means the psycopg driver, which is the only one shipped.

    Raises EnvironmentFault("config.database_kind") for a database of another make.
    """
    name = given or load().database or str(data_folder() / "lintan.db")
    for short in ("postgresql://", "postgres://"):
        if name.startswith(short):
            return "postgresql+psycopg://" + name.removeprefix(short)
    kind, separator, _rest = name.partition("://")
    if separator and kind not in {"sqlite", "postgresql+psycopg"}:
        raise EnvironmentFault("config.database_kind", kind=kind)
    if separator:
        return name
    return f"sqlite:///{Path(name).expanduser().absolute()}"


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL, None for a server."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def _home(name: str) -> Path | None:
    home = os.environ.get("LINTAN_HOME")
    return Path(home) / name if home else None


def _platform(name: str) -> str:
    import platformdirs

    return str(getattr(platformdirs, name)("lintan", appauthor=False))


def _from_file(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise EnvironmentFault(
            "config.unreadable", path=str(path), reason=str(problem)
        ) from problem


def _check(path: Path, key: str, value: object) -> None:
    """An entry is one of the settings and of its type."""
    default = getattr(MachineConfig, key, None)
    if default is None:
        raise EnvironmentFault("config.unknown", path=str(path), key=key)
    if type(value) is not type(default):
        raise EnvironmentFault("config.type", path=str(path), key=key, value=value)


def _toml(value: object) -> str:
    """A TOML literal: numbers as they are; texts as in JSON, whose escapes TOML shares."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
