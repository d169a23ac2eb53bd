"""timeline: what happened to articles, as their publishers date it; read out of revisions and erasures."""

MOMENT = "strftime('%Y-%m-%dT%H:%M:%fZ', {})"
# An edit that leaves the time of update as it was has none of its own: a silent one would stand where nobody knew it.
IS_STALE = """exists (
    select 1 from revisions as earlier
    where earlier.article_id = revisions.article_id and earlier.position < revisions.position
      and earlier.updated_at = revisions.updated_at
  )"""
TIMELINE = f"""
create view timeline as -- what happened to articles: came out, revised, corrected, withdrawn, erased
select
  coalesce(
    case
      when change_kind = 'first' and length(published_at) between 7 and 10 then published_at
      when change_kind = 'first' and length(published_at) > 10 then {MOMENT.format("published_at")}
      when change_kind = 'first' then null
      when length(updated_at) > 10 and not {IS_STALE} then {MOMENT.format("updated_at")}
    end,
    valid_from_at
  ) as at, -- as its publisher says, to the day or in UTC; else when presslog recorded it
  change_kind as kind, -- first, update, correction, writethru, withdrawal, erasure
  article_id, source_id, source,
  title as headline,
  change_note as detail, -- what changed, or why it was erased
  position,
  valid_from_at as recorded_at
from revisions
where change_kind <> 'reread' and (valid_to_position is null or valid_to_position > position)
union all
select erased_at, 'erasure', article_id, '', '', '', reason, position, erased_at from erasures
"""
SCHEMA = (TIMELINE,)
