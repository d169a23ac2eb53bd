"""The address of a page: the canonical one, absolute, without what only tracks its readers."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|gb|dc|ms|tw|y|wbra|gbra)clid|_ga|_gl|mc_[ce]id|igshid|cmpid|ns_\w+|at_\w+|xtor|ocid|icid|ref_src"
    r"|ftag|smid|smtyp|mkt_tok|vero_id|wt_mc|wt\.\w+|pk_\w+|mtm_\w+|outputtype|share|sref|guccounter|guce_\w+",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from."""

LONGEST = 2_000


def canonical(*addresses: str) -> str:
    """The first address that names one page of the web; the others may complete it.

    >>> canonical("/rain?utm_source=x#top", "https://wire.example/")
    'https://wire.example/rain'
    >>> canonical("https://wire.example/")
    ''
    """
    stated = [address.strip() for address in addresses if address.strip()]
    base = next((address for address in stated if address.lower().startswith(("http://", "https://"))), "")
    return next((found for address in stated if (found := _page_of(address, base))), "")


def is_front_page(address: str) -> bool:
    """Whether an address is that of a site as a whole."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return bool(parts.netloc) and parts.path in ("", "/") and not parts.query


def _page_of(address: str, base: str) -> str:
    try:
        parts = urlsplit(urljoin(base or "https:", address))
        # Reading the port raises as well where it is none.
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        return ""
    query = urlencode([pair for pair in _pairs(parts.query) if not TRACKING.fullmatch(pair[0])])
    if not is_whole or len(address) > LONGEST or re.search(r"[\s<>\"]", address):
        return ""
    if parts.path in ("", "/") and not query:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2].lower(), parts.path, query, ""))


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []
