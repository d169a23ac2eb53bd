"""The requests that a daemon answers on its control socket, and that a command does itself where none runs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from presslog.store.errors import BadQuery

from .assemble import Parts
from .entities import (
    IgnoreName,
    MergeNames,
    SplitNames,
    UndoDecision,
    ignore_name,
    merge_names,
    split_names,
    undo_decision,
)
from .erase import Erase, LetGo, erase, let_go
from .refusals import Dismiss, Retry, dismiss, retry
from .reread import Reread, reread
from .rotation import RotateKey, rotate_key
from .saved import RemoveSearch, SaveSearch, remove_search, save_search


class Request(NamedTuple):
    """The fields of a request, and the function that does it: parts, fields and who asks in, JSON out."""

    fields: type[msgspec.Struct]
    function: Callable[[Parts, Any, str], Any]


REQUESTS = {
    "retry": Request(Retry, retry),
    "dismiss": Request(Dismiss, dismiss),
    "reread": Request(Reread, reread),
    "erase": Request(Erase, erase),
    "let-go": Request(LetGo, let_go),
    "rotate-key": Request(RotateKey, rotate_key),
    "save-search": Request(SaveSearch, save_search),
    "remove-search": Request(RemoveSearch, remove_search),
    "merge-names": Request(MergeNames, merge_names),
    "split-names": Request(SplitNames, split_names),
    "ignore-name": Request(IgnoreName, ignore_name),
    "undo-decision": Request(UndoDecision, undo_decision),
}
"""Name of a request -> what it is; each is done by the drain's thread."""


def do(parts: Parts, name: str, fields: bytes, actor: str) -> Any:
    """Do a request and return its answer; ``fields`` is JSON.

    Raises:
        BadQuery: there is no such request, or these are not its fields.
    """
    request = REQUESTS.get(name)
    if request is None:
        known = ", ".join(REQUESTS)
        raise BadQuery(f"this daemon does not know the request {name!r}, only {known}: restart it after an upgrade")
    try:
        asked = msgspec.json.decode(fields, type=request.fields)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadQuery(f"the fields of {name} cannot be understood: {error}") from error
    return request.function(parts, asked, actor)
