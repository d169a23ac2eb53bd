"""The floor of a search: click, one connection, one full-text query of the shape that presslog asks, lines out."""

import click
from pysqlite3 import dbapi2 as sqlite3

QUERY = """
select articles.id, articles.published_at, articles.source, articles.revision,
  highlight(revisions_fts, 0, '[', ']'), snippet(revisions_fts, 1, '[', ']', '…', 24)
from revisions_fts cross join articles on articles.head_position = revisions_fts.rowid
where revisions_fts match ?
order by bm25(revisions_fts, 5.0, 1.0) limit 20
"""


@click.command()
@click.argument("views")
@click.argument("words")
def search(views: str, words: str) -> None:
    """Print the articles that match."""
    connection = sqlite3.connect(f"file:{views}?mode=ro", uri=True)
    for row in connection.execute(QUERY, (words,)):
        print(*row, sep="\t")


if __name__ == "__main__":
    search()
