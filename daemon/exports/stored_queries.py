"""Questions that Datasette keeps ready: a name, a title, what it is for, and its SQL with parameters."""

from typing import NamedTuple


class StoredQuery(NamedTuple):
    """A question by its name in an address; ``:words`` in its SQL are asked for on its page."""

    name: str
    title: str
    description: str
    sql: str


STORED_QUERIES = (
    StoredQuery(
        "search",
        "Search",
        "Current articles that hold all the words, the best first, and where they say them.",
        """select articles.id, articles.source, articles.published_at,
  highlight(revisions_fts, 0, '[', ']') as title,
  substr(articles.text, max(1, instr(highlight(revisions_fts, 1, char(1), ''), char(1)) - 20), 160) as found
from revisions_fts join articles on articles.head_position = revisions_fts.rowid
where revisions_fts match escape_fts(:words)
order by bm25(revisions_fts, 5, 1)
limit 50""",
    ),
    StoredQuery(
        "first_seen",
        "First seen",
        "Where a phrase stood first in each source, in any revision, and whether it stands there still.",
        """select source, min(valid_from_at) as first_seen_at, article_id, revision, revisions.title,
  case when valid_to_position is null then 'still there' else 'until ' || valid_to_at end as standing
from revisions_fts join revisions on revisions.position = revisions_fts.rowid
where revisions_fts match '"' || replace(:phrase, '"', '""') || '"' and change_kind <> 'reread'
group by source_id
order by first_seen_at""",
    ),
    StoredQuery(
        "changes_ranked",
        "What changed, the gravest first",
        "Revisions that took the place of another: headline, numbers, quotes and names before wording.",
        """select at, source, article_id, from_revision, to_revision, title, change_kind, salience, is_silent, summary
from changes
where change_kind <> 'first'
order by salience desc, at desc
limit 200""",
    ),
    StoredQuery(
        "silent_edits",
        "Silent edits",
        "The words differ from the revision before, and nothing in the article says so.",
        """select at, source, article_id, from_revision, to_revision, title, salience, summary
from changes
where is_silent
order by salience desc, at desc
limit 200""",
    ),
    StoredQuery(
        "withdrawn",
        "Withdrawn",
        "Articles that their publishers took back; their texts are kept.",
        """select last_seen_at, source, id, revision, title, ednote
from articles
where status = 'withdrawn'
order by last_seen_at desc""",
    ),
    StoredQuery(
        "revised_most",
        "Revised most",
        "Articles with the most revisions.",
        """select id, source, title, revision_count, first_seen_at, last_seen_at
from articles
where revision_count > 1
order by revision_count desc, last_seen_at desc
limit 100""",
    ),
    StoredQuery(
        "history",
        "History of an article",
        "Every revision of one article, by its id, and what each changed.",
        """select revision, position, valid_from_at, valid_to_at, change_kind, salience, change_note, title, word_count
from revisions
where article_id = :article_id
order by position""",
    ),
    StoredQuery(
        "as_of",
        "As of a position",
        "What every article said when the log stood at a position, the newest first.",
        """select article_id, revision, source, title, valid_from_at
from revisions
where position <= cast(:position as integer)
  and (valid_to_position is null or valid_to_position > cast(:position as integer))
order by position desc
limit 500""",
    ),
    StoredQuery(
        "by_source",
        "Articles by source",
        "How much each agency and paper wrote, and how often it revised.",
        """select name, kind, article_count, revision_count, revision_rate, first_seen_at, last_seen_at
from sources
order by article_count desc""",
    ),
    StoredQuery(
        "by_day",
        "Articles by day",
        "How many articles were published on each day, in the order of time.",
        """select substr(published_at, 1, 10) as day, count(*) as articles
from revisions
where valid_to_position is null and published_at <> ''
group by day
order by day""",
    ),
    StoredQuery(
        "authors",
        "Who writes most",
        "Names in bylines, with the sources that they wrote for.",
        """select name, count(*) as articles, group_concat(distinct source) as sources
from article_authors
  join authors on authors.id = author_id
  join articles on articles.id = article_id
group by author_id
order by articles desc
limit 100""",
    ),
    StoredQuery(
        "open_failures",
        "What failed, and why",
        "Files that could not be read and need somebody: presslog failures.",
        """select failed_at, feed, path, code, message, attempts
from failures
where resolved_at is null
order by failed_at desc""",
    ),
)
