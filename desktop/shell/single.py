"""One program per person and database: a second start brings the first window to the front."""

from __future__ import annotations

import getpass
from hashlib import sha256

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from core import messages
from core.errors import EnvironmentFault
from core.i18n import N_

WAIT_MS = 500

messages.register(
    {
        "desktop.second_copy": N_(
            "Lintan is already open on this database; its window was brought to the front."
        ),
    }
)


def server_name(database: str) -> str:
    """Name of the meeting point: one per person and database."""
    return "lintan-" + sha256(f"{getpass.getuser()}\n{database}".encode()).hexdigest()[:24]


class SingleInstance(QObject):
    """Held while the program runs.

    Signals:
        called: a second copy was started; show the window.
    """

    called = Signal()

    def __init__(self, database: str, parent: QObject | None = None) -> None:
        """Become the first copy.

        Raises:
            EnvironmentFault: `desktop.second_copy`, another copy answered and shows its window.
        """
        super().__init__(parent)
        name = server_name(database)
        if _first_answers(name):
            raise EnvironmentFault("desktop.second_copy")
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not self._server.listen(name):
            # A socket file left behind by a killed program: nobody answered on it above.
            QLocalServer.removeServer(name)
            self._server.listen(name)
        self._server.newConnection.connect(self._on_connection)

    @Slot()
    def _on_connection(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
        self.called.emit()

    def close(self) -> None:
        """Let another copy be the first."""
        self._server.close()


def _first_answers(name: str) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    answered = socket.waitForConnected(WAIT_MS)
    socket.abort()
    return answered
