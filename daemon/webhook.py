"""The webhook: a batch of hits posted as JSON to an address, with a key that makes a repetition harmless."""

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import msgspec

from presslog.store.errors import BadQuery

from .deliveries import MOST_REASON_LETTERS, Batch, Deliver, Undelivered

AGAIN = (408, 425, 429)
"""Answers below 500 that mean: not now."""
LONGEST_WAIT_SECONDS = 3600.0


class _Staying(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: urllib would follow a redirection with a GET, and count what was never posted as delivered."""

    def redirect_request(self, *_: object) -> None:
        """Leave the answer as it is: an error."""


def checked_address(url: str) -> str:
    """The same address, where it can be posted to.

    Raises:
        BadQuery: it is no address of HTTP.
    """
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if is_good and url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc:
        return url
    raise BadQuery("a webhook is an address like https://example.org/hook, without a user name in it")


def by_webhook(url: str, *, timeout_seconds: float, agent: str) -> Deliver:
    """Post batches to an address; one has arrived when the answer is 2xx."""
    opener = urllib.request.build_opener(_Staying)
    # An address may hold a secret: what is told names the host alone.
    host = urlsplit(checked_address(url)).hostname

    def deliver(batch: Batch) -> None:
        headers = {"Content-Type": "application/json", "User-Agent": agent, "Idempotency-Key": f'"{batch.key}"'}
        request = urllib.request.Request(url, msgspec.json.encode(batch._asdict()), headers, method="POST")  # noqa: S310
        try:
            with opener.open(request, timeout=timeout_seconds):
                return
        except urllib.error.HTTPError as error:
            raise _refusal(str(host), error) from error
        except (OSError, http.client.HTTPException) as error:
            raise Undelivered(f"{host} cannot be reached: {getattr(error, 'reason', None) or error!r}") from error

    return deliver


def _refusal(host: str, error: urllib.error.HTTPError) -> Undelivered:
    try:
        with error:
            reason = error.read(MOST_REASON_LETTERS).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        reason = ""
    is_for_now = error.code >= 500 or error.code in AGAIN
    wait = error.headers.get("Retry-After", "")
    wait_seconds = min(float(wait), LONGEST_WAIT_SECONDS) if wait.isascii() and wait.isdecimal() else 0.0
    said = f"{host} answered {error.code} {reason}".rstrip()
    return Undelivered(said, is_refused=not is_for_now, wait_seconds=wait_seconds)
