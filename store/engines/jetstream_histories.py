"""What is known of the streams of a log: the keys of each and its last position, so that most appends ask nothing."""

from collections import OrderedDict
from collections.abc import Sequence

from presslog.store.log import Receipt, Stored

MOST_KEYS = 100_000
"""So many keys are remembered, some 20 MB; the streams that were used least recently are forgotten first."""


class History:
    """A stream from its beginning to ``last``: what was stored under each key, complete so far."""

    __slots__ = ("last", "receipts")

    def __init__(self) -> None:
        self.last = 0
        self.receipts: dict[str, Receipt] = {}

    def add(self, events: Sequence[Stored]) -> None:
        """Go on with the next events of the stream."""
        for event in events:
            first = event.position - event.index
            self.receipts[event.key] = Receipt(first, event.position, repeated=True)
            self.last = event.position


class Histories:
    """The histories of the streams that were used most recently. What it does not know may exist all the same."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._most_keys = most_keys
        self._histories: OrderedDict[str, History] = OrderedDict()
        self._keys = 0

    def get(self, stream: str) -> History | None:
        """The history of a stream, where it is known."""
        history = self._histories.get(stream)
        if history is not None:
            self._histories.move_to_end(stream)
        return history

    def begin(self, stream: str, events: Sequence[Stored]) -> History:
        """Go on with the next events of a stream, from its first where it is not known yet."""
        history = self._histories.setdefault(stream, History())
        before = len(history.receipts)
        history.add([event for event in events if event.position > history.last])
        self._grown(stream, len(history.receipts) - before)
        return history

    def note(self, stream: str, key: str, receipt: Receipt, *, after: int) -> None:
        """Remember what was stored after a position, unless something between is not known."""
        history = self._histories.get(stream) or (History() if after == 0 else None)
        if history is None or history.last != after:
            return
        self._histories[stream] = history
        history.receipts[key] = receipt._replace(repeated=True)
        history.last = receipt.last
        self._grown(stream, 1)

    def forget(self) -> None:
        """Know nothing any more."""
        self._histories.clear()
        self._keys = 0

    def _grown(self, stream: str, keys: int) -> None:
        self._keys += keys
        self._histories.move_to_end(stream)
        while self._keys > self._most_keys and len(self._histories) > 1:
            _, forgotten = self._histories.popitem(last=False)
            self._keys -= len(forgotten.receipts)
