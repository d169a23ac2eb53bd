"""Times as presslog writes them: UTC, ISO 8601, to the millisecond."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def now_text() -> str:
    """This moment as text, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@lru_cache(maxsize=256)
def utc_text(seconds: float) -> str:
    """Seconds since 1970 as text.

    >>> utc_text(1641442471.2042)
    '2022-01-06T04:14:31.204Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(seconds * 1000) % 1000:03d}Z"
