"""insight: what it costs an article to find out what it says, without a model, beside the reading of its event."""

from collections.abc import Sequence
from pathlib import Path

from bench import Bench, Measurement, Row, opened, read_waiting, settings_of, stopwatch
from expected import real_texts

from presslog.daemon.insight import derive
from presslog.handlers.insight.attributions import attributions
from presslog.handlers.insight.mentions import mentions
from presslog.handlers.insight.quotes import quotes
from presslog.handlers.insight.shingles import fingerprint
from presslog.handlers.reading import read_articles
from presslog.store.article import Article
from presslog.store.queries import Answers

SAMPLES = Path(__file__).parents[1] / "tests" / "samples" / "insight"
TURNS = 10
REAL_WORDS = (100, 1_500)


def by_part(_: Bench) -> Sequence[float]:
    """Milliseconds an article of the labelled samples, which have 250 to 450 words."""
    articles = [read_articles(path.read_bytes(), path.name).articles[0] for path in sorted(SAMPLES.glob("*.txt"))]
    parts = (_said, mentions, lambda article: fingerprint(article.title, article.text))
    found = []
    for part in parts:
        for article in articles:
            part(article)
        with stopwatch() as seconds:
            for article in articles * TURNS:
                part(article)
        found.append(seconds() * 1000 / len(articles) / TURNS)
    return [sum(found), *found]


def _said(article: Article) -> object:
    return quotes(article, attributions(article))


def whole(bench: Bench) -> Sequence[float]:
    """Milliseconds an article from its event to rows on the disk: of the store, the labelled samples, real texts."""
    labelled = [path.read_text() for path in SAMPLES.glob("*.txt")]
    real = [f"A real text\n\n{text}" for text in real_texts(*REAL_WORDS)]
    desks = [bench.desk, *(_read(bench, texts) for texts in (labelled, real) if texts)]
    return [_derived(bench, desk) for desk in desks]


def _read(bench: Bench, texts: Sequence[str]) -> Path:
    """A desk that has read these texts."""
    folder = bench.fresh("texts")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text)
    desk = bench.new_desk(folder)
    with opened(desk) as parts:
        read_waiting(parts)
        parts.views.open()
        parts.views.catch_up()
    return desk


def _derived(bench: Bench, desk: Path) -> float:
    with opened(desk) as parts, Answers(settings_of(desk).store_folder) as answers:
        count, folder = answers.article_count(), bench.fresh("insight")
        with stopwatch() as seconds:
            derive(folder, "rules", parts.log)
        return seconds() * 1000 / count


MEASUREMENTS = (
    Measurement(
        "insight",
        (
            Row("what an article says, all parts", "ms", "≤ 2"),
            Row("attributions and quotes of it", "ms"),
            Row("mentions of it", "ms"),
            Row("fingerprint of it", "ms"),
        ),
        by_part,
    ),
    Measurement(
        "insight-views",
        (
            Row("insight of the store, an article of 5 KB", "ms", "≤ 2"),
            Row("insight of the samples, an article of 2 KB", "ms", "≤ 2"),
            Row("insight of real texts, of 530 words on average", "ms", "≤ 2"),
        ),
        whole,
        most_rounds=1,
    ),
)
