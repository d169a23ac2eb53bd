"""What one text is to another: how much of it the two share, who was first, and who copied, or went on from it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from struct import pack, unpack
from typing import NamedTuple

LEAST_SHARED = 5
"""So many stand for some forty words in the same order: a line on copyright is shorter."""
LEAST_ALIKE = 0.5
"""Wire updates keep most of what they had and grow, so the shorter text decides: so much of it has to be shared."""
LEAST_CONTAINED = 0.8
"""What one source writes every day in the same form, of the weather say, shares less: two of its texts are alike only
where the later one holds so much of the earlier one."""
LONGEST_TIMES = 5
"""A round-up of the day holds many stories, and makes one of none."""
DAY_LETTERS = len("2022-01-06")
END_OF_DAY = "T23:59:59.999Z"
"""When an article came out at the latest of which only the day is known."""


class Text(NamedTuple):
    """A revision as it is compared: its numbers as ``packed`` made them, one for the whole, and when it came out.

    ``came_out_at`` is UTC text, the latest it can have been; ``is_timed`` says that it is no mere day.
    """

    position: int
    article_id: str
    first_position: int
    outlet_id: str
    came_out_at: str
    is_timed: int
    digest: int
    shingles: bytes


class Kin(NamedTuple):
    """What a text is to the lead of its cluster, which is ``lead`` to itself."""

    text: Text
    relation: str
    similarity: float
    lag_seconds: int | None


LEAD = "lead"
FIELDS = ", ".join(Text._fields)


def packed(shingles: Iterable[int]) -> bytes:
    """Numbers of 32 bits as a table holds them."""
    numbers = tuple(shingles)
    return pack(f"<{len(numbers)}I", *numbers)


def unpacked(shingles: bytes) -> tuple[int, ...]:
    """The numbers again."""
    return unpack(f"<{len(shingles) // 4}I", shingles)


def came_out(published_at: str, first_seen_at: str) -> tuple[str, bool]:
    """When an article came out at the latest, and whether that is no mere day: as it says, never after it was seen.

    >>> came_out("2022-01-06T09:30:00+06:00", "2022-01-06T04:14:31.204Z")
    ('2022-01-06T03:30:00.000Z', True)
    >>> came_out("2022-01-06", "2024-01-01T00:00:00.000Z"), came_out("", "2024-01-01T00:00:00.000Z")
    (('2022-01-06T23:59:59.999Z', False), ('2024-01-01T00:00:00.000Z', True))
    """
    if not published_at:
        return first_seen_at, True
    is_day = len(published_at) == DAY_LETTERS
    try:
        at = datetime.fromisoformat(f"{published_at}T23:59:59.999" if is_day else published_at)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return first_seen_at, True
    said = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (said, not is_day) if said < first_seen_at else (first_seen_at, True)


def similarity(one: Text, other: Text) -> float:
    """How much of the shorter text the other one holds, from 0 to 1."""
    return 1.0 if one.digest == other.digest else _share(one, other)


def are_alike(one: Text, other: Text) -> bool:
    """Whether two revisions of different articles are the same text, in the main."""
    if one.digest == other.digest:
        return True
    shared, sizes = _shared(one, other), sorted((len(one.shingles) // 4, len(other.shingles) // 4))
    if shared < LEAST_SHARED or sizes[1] > LONGEST_TIMES * sizes[0]:
        return False
    if one.outlet_id and one.outlet_id == other.outlet_id:
        return _grows(*sorted((one, other), key=came_first))
    return shared >= LEAST_ALIKE * sizes[0]


def relation(text: Text, lead: Text) -> str:
    """What a text is to the first of its cluster: ``exact``, ``syndicated``, ``update-of`` or ``near``.

    Exact has the same words; syndicated is in the main the same text of another source; an update is of the same source
    and holds what the first one said.
    """
    if text.digest == lead.digest:
        return "exact"
    if text.outlet_id != lead.outlet_id and text.outlet_id and lead.outlet_id:
        return "syndicated" if _share(text, lead) >= LEAST_ALIKE else "near"
    return "update-of" if _grows(lead, text) else "near"


def lag_seconds(text: Text, lead: Text) -> int | None:
    """How much later a text came out; None where only the day is known of one of the two."""
    if not (text.is_timed and lead.is_timed):
        return None
    later, earlier = (datetime.fromisoformat(each.came_out_at) for each in (text, lead))
    return round((later - earlier).total_seconds())


def together(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Positions that pairs join, directly or through others.

    >>> together([(1, 2), (5, 4), (2, 3)])
    [[1, 2, 3], [4, 5]]
    """
    groups: dict[int, list[int]] = {}
    for pair in pairs:
        one, other = (groups.setdefault(number, [number]) for number in pair)
        if one is not other:
            larger, smaller = (one, other) if len(one) >= len(other) else (other, one)
            larger += smaller
            groups |= dict.fromkeys(smaller, larger)
    return sorted(map(sorted, {id(each): each for each in groups.values()}.values()))


def kinship(texts: Sequence[Text]) -> list[Kin]:
    """What the texts of a cluster are to the one that came out first: it stands first, the others as they came out."""
    lead, *others = sorted(texts, key=came_first)
    return [Kin(lead, LEAD, 1.0, 0), *(kin(text, lead) for text in others)]


def kin(text: Text, lead: Text) -> Kin:
    """What a text is to the lead of its cluster."""
    return Kin(text, relation(text, lead), similarity(text, lead), lag_seconds(text, lead))


def came_first(text: Text) -> tuple[str, int]:
    """What texts are sorted by, so that the one which came out first leads."""
    return text.came_out_at, text.first_position


def _shared(one: Text, other: Text) -> int:
    return len({*unpacked(one.shingles)}.intersection(unpacked(other.shingles)))


def _share(one: Text, other: Text) -> float:
    shorter = min(len(one.shingles), len(other.shingles)) // 4
    return _shared(one, other) / shorter if shorter else 0.0


def _grows(earlier: Text, later: Text) -> bool:
    return _shared(earlier, later) >= LEAST_CONTAINED * (len(earlier.shingles) // 4) > 0
