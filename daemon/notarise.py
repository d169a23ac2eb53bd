"""The notary's thread: takes in what the log has grown by, and signs at most once a second, and at the end."""

import threading
from collections.abc import Callable

from loguru import logger

from presslog.store.errors import LogUnavailable, StorageFailed
from presslog.store.notary import Notary
from presslog.store.notes import Signer

from .pulse import Pulse

EVERY_SECONDS = 1.0


class Notariser:
    """Keeps the signed checkpoints level with the log; one thread runs it, any thread may ring."""

    def __init__(self, opened: Callable[[], Notary]) -> None:
        """Begin with the notary that ``opened`` gives, and again whenever the log gets another key."""
        self._opened = opened
        self._notary: Notary | None = opened()
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._trouble = ""
        self.pulse = Pulse()

    def ring(self) -> None:
        """Say that the log has grown, or that the loop should look up."""
        self._rung.set()

    def run(self, stop: threading.Event) -> None:
        """Follow until ``stop`` is set; sleep without waking up where nothing is left to sign.

        Raises:
            LogDiverged, StoreUnsafe: the log is not the one that was signed.
        """
        while not stop.is_set():
            self._rung.clear()
            if not self._sign(stop):
                self._rung.set()
            self.pulse.rest()
            stop.wait(EVERY_SECONDS)
            self._rung.wait()

    def change_key(self, change: Callable[[], Signer]) -> str:
        """Sign what there is by the key as it was, change it, and go on; the new one as a vkey.

        Raises:
            LogUnavailable, StoreUnsafe: it stayed as it was.
        """
        with self._lock:
            notary = self._open()
            while notary.advance():
                self.pulse.beat()
            notary.sign()
            verifier = change().vkey
            self._close()
        self.ring()
        return verifier

    def close(self) -> None:
        """Sign what is left, and close the file: for whoever stops writing."""
        try:
            self._sign(threading.Event())
        finally:
            self._close()

    def _sign(self, stop: threading.Event) -> bool:
        """Take in and sign all there is; whether the disk took it."""
        try:
            with self._lock:
                self.pulse.beat()
                notary = self._open()
                while notary.advance() and not stop.is_set():
                    self.pulse.beat()
                notary.sign()
        except LogUnavailable as error:
            if isinstance(error, StorageFailed):
                # As of the log: nothing is asked again of a connection that the disk has failed once (store/handle.py).
                self._close()
            self._tell(str(error))
            return False
        self._tell("")
        return True

    def _open(self) -> Notary:
        self._notary = self._notary or self._opened()
        return self._notary

    def _close(self) -> None:
        if self._notary:
            self._notary.close()
        self._notary = None

    def _tell(self, trouble: str) -> None:
        if bool(trouble) != bool(self._trouble):
            logger.log("WARNING" if trouble else "INFO", "checkpoint {}", trouble or "signed again")
        self._trouble = trouble
