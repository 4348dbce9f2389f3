"""Typed facts about what went wrong.

Core raises codes with parameters, never prose; :mod:`core.messages` turns a code into a
sentence for the person in front of the program, in the language of the screen.
Anything that is not an :class:`AppError` is a bug.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field


class AppError(Exception):
    """A failure the program understands. `code` names it, `params` carry its facts."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        # Parameters may hold names and numbers of people: a log line must not.
        return self.code


@dataclass(frozen=True)
class FieldError:
    """One wrong field: which, what is wrong (a message code), and the facts for the sentence.

    `label` is what the form calls the field (`N_`, parts from outside to inside), where it is known.
    """

    field: str
    code: str
    params: Mapping[str, object] = dataclass_field(default_factory=dict)
    label: tuple[str, ...] = ()


class InputError(AppError):
    """What a person typed or a file contains is wrong; lists every wrong field at once."""

    def __init__(self, *fields: FieldError) -> None:
        super().__init__("input")
        self.fields = fields

    @classmethod
    def of(cls, name: str, code: str, /, **params: object) -> InputError:
        """An error about a single field."""
        return cls(FieldError(name, code, params))


class RuleViolation(AppError):
    """A rule of the office says no (state, double certification, duties apart, ...)."""


class NotFound(AppError):
    """The named record does not exist (or may not be seen by this person)."""


class StaleRecord(AppError):
    """Somebody else saved the record since this person opened it."""


class NotPermitted(AppError):
    """The account lacks the permission named in `params["permission"]`."""


class EnvironmentFault(AppError):
    """The machine says no: disk full, database locked, unreachable or newer, keyring, printer."""


class Cancelled(AppError):
    """The person stopped the work; nothing is wrong and nothing was kept."""

    def __init__(self) -> None:
        super().__init__("cancelled")
