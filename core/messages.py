"""Message codes and their sentences, for both front ends.

A room registers the codes it raises beside the code that raises them:
`register({"parties.id_length": N_("An identity number has 18 characters, this one has {length}.")})`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping

import core
from core.errors import AppError, FieldError, InputError
from core.i18n import N_, _

_SENTENCES: dict[str, str] = {}
_TITLES: dict[str, dict[object, str]] = {}


def register(sentences: Mapping[str, str]) -> None:
    """Add codes and their English sentences (marked with `N_`). A code has one sentence."""
    for code, sentence in sentences.items():
        if _SENTENCES.get(code, sentence) != sentence:
            msg = f"message code {code} registered twice"
            raise ValueError(msg)
        _SENTENCES[code] = sentence


def register_titles(param: str, titles: Mapping[str, str]) -> None:
    """Say what people call the keys that a fact of this name holds; titles are marked with `N_`."""
    _TITLES.setdefault(param, {}).update(titles)


def registered() -> Mapping[str, str]:
    """Every known code with its English sentence."""
    return dict(_SENTENCES)


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The sentence of a code in the language of the screen, with its facts put in."""
    if code not in _SENTENCES:
        _load_rooms()
    shown = {name: _titled(name, value) for name, value in params.items()}
    return _(_SENTENCES[code]).format_map(shown)


def _load_rooms() -> None:
    """Load every module of the core: a code may be raised where its room is not loaded yet."""
    for name in _names(core.__path__, f"{core.__name__}."):
        importlib.import_module(name)


def _names(places: Iterable[str], prefix: str) -> Iterator[str]:
    for one in pkgutil.iter_modules(places, prefix):
        if one.name.endswith(".__main__"):
            continue
        yield one.name
        if one.ispkg:
            inner = importlib.import_module(one.name)
            yield from _names(inner.__path__, f"{one.name}.")


def _titled(name: str, value: object) -> object:
    title = _TITLES.get(name, {}).get(value) if isinstance(value, str) else None
    return value if title is None else _(title)


def text(error: AppError | FieldError) -> str:
    """What to tell the person: what is wrong and what to do."""
    if isinstance(error, InputError):
        return "\n".join(_with_label(field) for field in error.fields)
    return sentence(error.code, error.params)


def _with_label(field: FieldError) -> str:
    """The sentence behind the label of its field, where a form has named it."""
    if not field.label:
        return text(field)
    label = " ".join(_(part) for part in field.label)
    return _("{label}: {problem}").format(label=label, problem=text(field))


def fact(error: AppError | FieldError) -> dict[str, object]:
    """Code and facts of an error, for programs: the same in every language."""
    return {"code": error.code, "params": dict(error.params)}


register({"cancelled": N_("Stopped; nothing was changed.")})
