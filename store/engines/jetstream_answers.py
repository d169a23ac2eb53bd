"""The answers of JetStream: what it says, its refusals by their numbers, and what it looks like when there is none."""

import json
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

STATUS = "Status"
"""The header of an answer that is not a message of a stream: a number as in HTTP."""
FAILURES = (NatsError, OSError, TimeoutError)
"""What a broken connection, a server that is gone and a lost answer look like: the outcome is unknown."""


class ApiError(NatsError):
    """JetStream refused a request; ``code`` is its stable number."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


def answered(message: Msg) -> dict[str, Any]:
    """The answer of JetStream in a message.

    Raises:
        ApiError: it is a refusal, or there was nobody to answer.
    """
    status = (message.headers or {}).get(STATUS)
    if status:
        raise ApiError(int(status), "no leader, or no JetStream")
    answer: dict[str, Any] = json.loads(message.data)
    error = answer.get("error")
    if error:
        raise ApiError(int(error.get("err_code", error.get("code", 0))), str(error.get("description", error)))
    return answer
