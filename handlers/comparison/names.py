"""Names in a sentence: runs of words with capitals, found without a dictionary of names."""

from .facts import Fact

JOINING = frozenset(
    "of de da del della di do dos du des van von der den la le las los el al bin ibn y e for the".split()
)
CALENDAR = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec".split()
)
NO_NAMES = CALENDAR | {"I", "I'm", "I’m", "I've", "I’ve", "I'll", "I’ll", "I'd", "I’d"}
OPENING = "\"'“‘«„([「『-–—"
CLOSING = "\"'”’“»)]」』,;:!?…-–—"
MOST_LOOKED_AT = 8


def names(sentence: str, context: str) -> list[Fact]:
    """The names in a sentence; its first word is part of one only where ``context`` has it so inside a sentence.

    >>> [fact.text for fact in names("Yesterday Ana Silva met the Bank of Norway’s head.", "")]
    ['Ana Silva', 'Bank of Norway']
    """
    found: list[Fact] = []
    run: list[str] = []
    for number, written in enumerate(sentence.split()):
        word = written.strip(OPENING).rstrip(CLOSING)
        is_broken = written[:1] in OPENING and run
        if is_broken:
            _end(run, found)
        if _is_capital(word) and (number or _is_known(word, context)):
            run.append(word)
            if written[-1:] in CLOSING or (written[-1:] == "." and len(word) > 3):
                _end(run, found)
        elif run and word in JOINING:
            run.append(word)
        else:
            _end(run, found)
    _end(run, found)
    return found


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and word.rstrip(".") not in NO_NAMES


def _end(run: list[str], found: list[Fact]) -> None:
    """Count the run as a name, without words at its end that only join, and begin a new one."""
    while run and run[-1] in JOINING:
        run.pop()
    if run:
        text = " ".join(run).rstrip(".").removesuffix("’s").removesuffix("'s")
        found.append(Fact(text, text.casefold().replace(".", "")))
    run.clear()


def _is_known(word: str, context: str) -> bool:
    """Whether the word stands in the context where no sentence begins."""
    at = -1
    for _ in range(MOST_LOOKED_AT):
        at = context.find(" " + word, at + 1)
        if at < 1:
            return False
        following = context[at + 1 + len(word) : at + 2 + len(word)]
        if not following.isalnum() and (context[at - 1].isalnum() or context[at - 1] == ","):
            return True
    return False
