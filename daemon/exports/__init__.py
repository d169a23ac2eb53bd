"""What an article becomes on its way out: the shapes that other programs read."""

from collections.abc import Callable

from presslog.store.tables import Row

from .news_please import news_please_record
from .ninjs import ninjs_item

SHAPES: dict[str, Callable[[Row], Row]] = {"ninjs": ninjs_item, "news-please": news_please_record}
"""Name of a form -> the function that makes an object, one a line, out of a row of ``Answers.export``."""
