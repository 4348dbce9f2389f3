"""Passwords and passphrases in the password store of the system, through `keyring`.

Never called on the GUI thread (jobs use the io lane), and never waited for longer than
`TIMEOUT` seconds: a locked or dead Secret Service blocks for ever
(https://github.com/mitya57/secretstorage/issues/33). Without a store the person is asked each
time and told so; nothing is ever written to disk in clear.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from threading import Thread
from typing import TypeVar

from core import messages
from core.errors import EnvironmentFault
from core.i18n import N_

T = TypeVar("T")

#: The same as lintanctl uses (`core.cli.context`), so that what is kept here is found there.
SERVICE = "lintan"
TIMEOUT = 5.0

messages.register(
    {
        "secrets.no_store": N_("This computer has no password store; you will be asked each time."),
        "secrets.locked": N_(
            "The password store of this computer does not answer; please type the password."
        ),
        "secrets.refused": N_("The password store of this computer refused the password."),
    }
)


def load(name: str, timeout: float = TIMEOUT) -> str | None:
    """The secret kept under a name (for example `wangfang@sqlite:///lintan.db`), or None.

    Raises:
        EnvironmentFault: there is no store, it is locked or does not answer in time.
    """

    def get() -> str | None:
        import keyring

        return keyring.get_password(SERVICE, name)

    return _within(get, timeout)


def save(name: str, secret: str, timeout: float = TIMEOUT) -> None:
    """Keep a secret.

    Raises:
        EnvironmentFault: as `load`.
    """

    def put() -> None:
        import keyring

        keyring.set_password(SERVICE, name, secret)

    _within(put, timeout)


def forget(name: str, timeout: float = TIMEOUT) -> None:
    """Remove a secret; one that is not there is no error.

    Raises:
        EnvironmentFault: as `load`.
    """

    def remove() -> None:
        import keyring
        from keyring.errors import PasswordDeleteError

        try:
            keyring.delete_password(SERVICE, name)
        except PasswordDeleteError:
            return

    _within(remove, timeout)


def signer_name(file: Path) -> str:
    """The name a certificate file's passphrase is kept under, for lintanctl as well."""
    return f"key@{file}"


def token_name(label: str) -> str:
    """The name a token's PIN is kept under, for lintanctl as well."""
    return f"token@{label}"


def _within(call: Callable[[], T], timeout: float) -> T:
    """Run a call of the store in a thread of its own, which may be left behind hanging."""
    result: Future[T] = Future()

    def run() -> None:
        from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

        try:
            result.set_result(call())
        except (NoKeyringError, InitError):
            result.set_exception(EnvironmentFault("secrets.no_store"))
        except KeyringLocked:
            result.set_exception(EnvironmentFault("secrets.locked"))
        except (KeyringError, OSError):
            result.set_exception(EnvironmentFault("secrets.refused"))
        except (ImportError, AttributeError, ValueError, RuntimeError):
            # A store that is named on this computer and cannot be loaded.
            result.set_exception(EnvironmentFault("secrets.no_store"))

    # A daemon: a store that never answers must not keep the program from ending.
    Thread(target=run, name="lintan-keyring", daemon=True).start()
    try:
        return result.result(timeout)
    except Late:
        raise EnvironmentFault("secrets.locked") from None
