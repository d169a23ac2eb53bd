"""cluster_members and clusters: current revisions that are alike, directly or through others, with who was first."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from presslog.store.kinship import FIELDS, LEAD, Kin, Text, came_first, kin, kinship, together
from presslog.store.sqlite import Connection

SCHEMA = (
    """
    create table cluster_members ( -- articles that are one text in the main, as they are now
      article_id text primary key,
      cluster_id integer not null, -- the first position of the member that was recorded first
      position integer not null, -- of the current revision
      is_lead integer not null, -- it came out first
      relation text not null, -- to the lead: lead, exact, near, syndicated, update-of
      similarity real not null, -- how much of the shorter one the lead and this one share
      lag_seconds integer, -- how much later than the lead; null where of one of the two only the day is known
      detector text not null
    ) strict, without rowid
    """,
    "create index cluster_members_cluster on cluster_members (cluster_id)",
    "create index cluster_members_lead on cluster_members (cluster_id) where is_lead",
    """
    create view clusters as -- stories that several articles tell in the same words
    select
      cluster_id as id,
      max(fingerprints.article_id) filter (where is_lead) as lead_article_id,
      count(*) as size,
      count(distinct nullif(outlet_id, '')) as source_count,
      min(came_out_at) as first_at, max(came_out_at) as last_at,
      max(title) filter (where is_lead) as headline,
      cluster_members.detector
    from cluster_members join fingerprints using (position)
    group by cluster_id
    """,
)
BESIDE = """
select article_id from cluster_members where cluster_id in (
  select cluster_id from cluster_members where article_id in (select value from json_each(:ids))
)
"""
CURRENT = f"""
select {FIELDS}, detector from fingerprints
where is_current and article_id in (select value from json_each(:ids)) order by position
"""
ALIKE = "select position, other_position from near_duplicates where position in (select value from json_each(:ids))"
OF_OTHERS = """
select cluster_id, count(*) from cluster_members where article_id in (select value from json_each(:ids))
group by cluster_id
"""
LEADING = f"""
select {", ".join(f"fingerprints.{name}" for name in Text._fields)}
from cluster_members join fingerprints using (position) where cluster_id = ? and is_lead
"""
DROP = "delete from cluster_members where article_id in (select value from json_each(:ids))"
INSERT = "insert into cluster_members values (?, ?, ?, ?, ?, ?, ?, ?)"


def join(db: Connection, text: Text, others: Collection[str], detector: str) -> bool:
    """Let an article that is new join the cluster that all the others it is like are in; False where that is not all.

    Who came out before the lead, makes a cluster or joins two has them grouped anew. Measured: one more copy of a text
    that 2,000 articles have takes 0.3 ms so, and 62 where all of them are grouped.
    """
    found = db.execute(OF_OTHERS, {"ids": _json(others)}).fetchall()
    if len(found) != 1 or found[0][1] != len(others):
        return False
    number = found[0][0]
    lead = Text._make(db.execute(LEADING, (number,)).fetchone())
    if came_first(text) < came_first(lead):
        return False
    db.execute(INSERT, _row(number, kin(text, lead), detector))
    return True


def group(db: Connection, articles: Collection[str]) -> None:
    """Make the clusters anew that these articles are in, or were: what is alike is together, whatever came first."""
    if not articles:
        return
    ids = sorted({*articles, *(article_id for (article_id,) in db.execute(BESIDE, {"ids": _json(articles)}))})
    current = [(Text._make(row[:-1]), row[-1]) for row in db.execute(CURRENT, {"ids": _json(ids)})]
    texts, detectors = {text.position: text for text, _ in current}, {text.position: word for text, word in current}
    pairs = [pair for pair in db.execute(ALIKE, {"ids": _json(texts)}) if pair[1] in texts]
    db.execute(DROP, {"ids": _json(ids)})
    for positions in together(pairs):
        members = [texts[position] for position in positions]
        number = min(text.first_position for text in members)
        db.executemany(INSERT, (_row(number, each, detectors[each.text.position]) for each in kinship(members)))


def _row(number: int, member: Kin, detector: str) -> tuple[Any, ...]:
    text, *said = member
    return text.article_id, number, text.position, int(member.relation == LEAD), *said, detector


def _json(values: Iterable[Any]) -> str:
    return msgspec.json.encode(list(values)).decode()
