"""A way to a server that a test can cut right after a request, so that the answer is lost, and can falsify."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

PIECE_BYTES = 1 << 16


class Proxy:
    """Passes on from ``port`` to another one, both of loopback; ``changed`` is applied to what comes back."""

    def __init__(self, server: int, *, changed: Callable[[bytes], bytes] = bytes) -> None:
        self._server = server
        self._changed = changed
        self._last_word = b""
        self._is_cut = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def cut_after(self, word: bytes) -> None:
        """Pass on the next request that holds these bytes, and nothing more: no answer, and no new connection."""
        self._last_word = word

    @property
    def is_cut(self) -> bool:
        """Whether that request has come."""
        return self._is_cut.is_set()

    def heal(self) -> None:
        """Let connections through again."""
        self._last_word = b""
        self._is_cut.clear()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server))
            threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(PIECE_BYTES):
                if self._last_word and self._last_word in piece:
                    self._is_cut.set()
                server.sendall(piece)
                if self.is_cut:
                    break
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
            client.shutdown(socket.SHUT_RDWR)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), client, server:
            while piece := server.recv(PIECE_BYTES):
                if not self.is_cut:
                    client.sendall(self._changed(piece))
