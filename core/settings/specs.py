"""Settings are declared once, with title, kind and default; forms and checks come from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.values.dates import parse_date
from db.types import canonical_json

register(
    {
        "settings.unknown": N_("There is no setting “{key}”."),
        "settings.not_text": N_("This setting is a text."),
        "settings.not_int": N_("This setting is a whole number, not “{value}”."),
        "settings.not_bool": N_("This setting is yes or no."),
        "settings.not_json": N_("This setting cannot be stored: {reason}"),
        "settings.range": N_("This setting lies between {least} and {most}."),
    }
)

SettingKind = Literal["text", "long", "int", "date", "bool", "json"]


@dataclass(frozen=True)
class SettingSpec:
    """One office value.

    Attributes:
        key: `room.name`.
        title: marked with `N_`.
        default: holds where no dated row does.
        kind: what the value is; `json` is a list or object that its capability checks.
        help: one sentence for the form (`N_`).
        least, most: bounds of an `int`.
        check: further check; raises InputError.
    """

    key: str
    title: str
    default: Any
    kind: SettingKind = "text"
    help: str = ""
    least: int | None = None
    most: int | None = None
    check: Callable[[Any], None] | None = None

    @property
    def group(self) -> str:
        """The capability a setting belongs to: the part of the key before the dot."""
        return self.key.split(".", 1)[0]


_SPECS: dict[str, SettingSpec] = {}


def declare(*specs: SettingSpec) -> None:
    """Declare settings; a key has one declaration."""
    for spec in specs:
        known = _SPECS.setdefault(spec.key, spec)
        if known != spec:
            msg = f"setting {spec.key} declared twice"
            raise ValueError(msg)


def specs() -> tuple[SettingSpec, ...]:
    """All declared settings, in the order of their declaration."""
    return tuple(_SPECS.values())


def spec_of(key: str) -> SettingSpec:
    """The declaration of a setting.

    Raises:
        InputError: field ``key``, `settings.unknown`.
    """
    if key not in _SPECS:
        raise InputError.of("key", "settings.unknown", key=key)
    return _SPECS[key]


def stored(spec: SettingSpec, value: object) -> Any:
    """The value as it is stored, checked by its kind.

    Raises:
        InputError: field is the key of the setting.
    """
    plain = _STORE[spec.kind](spec, value)
    if spec.check is not None:
        spec.check(plain)
    return plain


def loaded(spec: SettingSpec, value: Any) -> Any:
    """A stored value as the program uses it (dates come back as dates)."""
    if spec.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value


def _text(spec: SettingSpec, value: object) -> str:
    if not isinstance(value, str):
        raise InputError.of(spec.key, "settings.not_text")
    return value.strip() if spec.kind == "long" else " ".join(value.split())


def _int(spec: SettingSpec, value: object) -> int:
    try:
        number = int(str(value).strip())
    except ValueError:
        raise InputError.of(spec.key, "settings.not_int", value=value) from None
    below = spec.least is not None and number < spec.least
    above = spec.most is not None and number > spec.most
    if below or above:
        raise InputError.of(spec.key, "settings.range", least=spec.least, most=spec.most)
    return number


def _date(spec: SettingSpec, value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()
    try:
        return parse_date(str(value)).isoformat()
    except InputError as error:
        raise InputError.of(spec.key, error.fields[0].code, **error.fields[0].params) from None


def _bool(spec: SettingSpec, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputError.of(spec.key, "settings.not_bool")
    return value


def _json(spec: SettingSpec, value: object) -> Any:
    try:
        canonical_json(value)
    except (TypeError, ValueError) as problem:
        raise InputError.of(spec.key, "settings.not_json", reason=str(problem)) from None
    return value


_STORE: Mapping[str, Callable[[SettingSpec, object], Any]] = {
    "text": _text,
    "long": _text,
    "int": _int,
    "date": _date,
    "bool": _bool,
    "json": _json,
}
