"""articles: the current revision of every article, and changes: what became of them; both read out of revisions."""

ARTICLES = """
create view articles as -- the current revision of every article
select
  article_id as id,
  uri, url, feed, path, inside, format, source_id, source, source_rule,
  title, subtitle, dateline, byline, authors,
  language, language_rule, language_confidence, section, keywords,
  published_at, published_precision, published_raw, updated_at, first_seen_at,
  (
    select seen.valid_from_at from revisions as seen
    where seen.article_id = revisions.article_id and seen.change_kind <> 'reread'
    order by seen.position desc limit 1
  ) as last_seen_at,
  revision,
  (select max(every.revision) from revisions as every where every.article_id = revisions.article_id) as revision_count,
  version, status, word_count, read_minutes, content_hash, parser, parse_confidence, parse_rule,
  first_position,
  (select max(every.position) from revisions as every where every.article_id = revisions.article_id) as last_position,
  position as head_position, -- the rowid of its words in revisions_fts
  description, ednote, copyright, credit, slugline, located, urgency, subjects, embargoed_until, tail, text
from revisions
where valid_to_position is null
"""
CHANGES = """
create view changes as -- every step from one revision that counted to the next
select
  position, valid_from_at as at, article_id, source_id, source, feed, title, status,
  from_revision, revision as to_revision, change_kind,
  salience, -- 0 to 100: headline, numbers, quotes, names, wording
  is_silent, -- the words differ, and nothing in the article says so
  headline_changed, numbers_changed, quotes_changed, names_changed,
  sentences_added, sentences_removed, sentences_changed, change_note as summary
from revisions
where valid_to_position is null or valid_to_position > position
"""
ARTICLE_AUTHORS = """
create view article_authors as -- who is credited in the current revision of an article, in order
select revisions.article_id, number as position, author_id, role, revisions.byline as raw
from revision_authors join revisions on revisions.position = revision_authors.position
where revisions.valid_to_position is null
"""
SCHEMA = (ARTICLES, CHANGES, ARTICLE_AUTHORS)
