"""Is this file complete? One answer with its reason."""

import fcntl
import signal
from typing import NamedTuple


class Waiting(NamedTuple):
    """Not yet: why, and after how many seconds to look again."""

    code: str
    reason: str
    retry_seconds: float


class Evidence(NamedTuple):
    """What speaks for a file being complete besides the lease.

    ``still_seconds`` is how long this stamp has been observed here, ``age_seconds`` how old its ctime is by the clock.
    """

    is_closed: bool
    is_local: bool
    still_seconds: float
    age_seconds: float


def settle(handle: int, evidence: Evidence, *, settle_seconds: float) -> Waiting | None:
    """None when the open file is complete, else why not.

    On a local file system a read lease proves that nobody holds the file open for writing; where we may not take one
    (not our file, no CAP_LEASE), a close that was seen counts, else the file must have stood still.
    """
    if evidence.is_local:
        is_free = nobody_writes(handle)
        if is_free is False:
            return Waiting("open-for-writing", "a program still holds it open for writing", max(settle_seconds, 0.1))
        if is_free or evidence.is_closed:
            return None
    still = max(evidence.still_seconds, evidence.age_seconds if evidence.is_local else 0.0)
    if still >= settle_seconds:
        return None
    return Waiting("settling", f"changed within the last {settle_seconds:g} s", settle_seconds - max(still, 0.0) + 0.01)


def nobody_writes(handle: int) -> bool | None:
    """Whether no process has the file open for writing; None where the kernel does not tell us.

    Source: fcntl(2), "Leases": a read lease is refused with EAGAIN while a writer has the file open.
    """
    try:
        # Whoever opens the file while we hold the lease makes the kernel signal us: SIGURG is ignored, SIGIO kills.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
