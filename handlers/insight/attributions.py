"""Who is relied on in an article: outlets, bodies, documents and people, with the words that say so."""

from presslog.handlers.article import Article
from presslog.handlers.speech.cues import CUES
from presslog.handlers.speech.frames import Frame, frames
from presslog.handlers.speech.kinds import kind_of_noun, kind_of_role, named_kind
from presslog.handlers.speech.memory import Memory
from presslog.handlers.speech.names import bare
from presslog.handlers.speech.passage import Passage, passage
from presslog.handlers.speech.through import outlet_near, reporting

from .facts import Attribution, Via
from .language import normalized_tag

CONFIDENCE = {
    "fronted": 0.95,
    "inverted": 0.95,
    "following": 0.9,
    "according": 0.95,
    "citing": 0.9,
    "quoted": 0.9,
    "naming": 0.9,
    "participle": 0.7,
    "colon": 0.7,
}
"""By rule: its precision on the labelled articles, rounded down; what they have too seldom is a guess."""

IN_OFFICE = frozenset("archbishop bishop defending justice prosecuting represents".split())
"""In a name, or behind it (``, who represents the builder,``): he speaks for others."""


def attributions(article: Article) -> list[Attribution]:
    """Whom an article relies on, in the order of the text; none where its language has no cues.

    >>> [found] = attributions(Article(title="", text="It rained, spokesman Lee Tan told Reuters."))
    >>> found.name, found.role, found.kind, [each.name for each in found.via]
    ('Lee Tan', 'spokesman', 'official', ['Reuters'])
    """
    if not has_cues(article):
        return []
    told = passage(article.text)
    seen = frames(told)
    if not seen:
        return []
    memory = Memory(told, reporting(told, seen))
    found: list[Attribution] = []
    sentence = -1
    for frame in seen:
        first, _ = told.sentences[frame.cue]
        before = found[-1] if first == sentence else None
        sentence = first
        found.append(_attribution(told, frame, memory, before))
        if before and frame.rule in {"fronted", "according"} and found[-1].kind == "outlet":
            found[-2] = _reported_by(before, found[-1])
    return found


def has_cues(article: Article) -> bool:
    """Whether the cues of the article's language are known; one that declares none is read as English."""
    return (normalized_tag(article.language).partition("-")[0] or "en") in CUES


def _attribution(told: Passage, frame: Frame, memory: Memory, before: Attribution | None) -> Attribution:
    phrase = frame.phrase
    name = memory.full(phrase) if phrase.name else memory.meant(phrase)
    kind = _kind(told, frame, name, memory)
    memory.note(phrase.head, name, kind, phrase.role or phrase.noun)
    return Attribution(
        span=told.span(min(phrase.first, frame.cue), max(phrase.stop, frame.stop)),
        source=told.span(phrase.head, phrase.tail),
        cue=told.span(frame.cue, frame.stop),
        kind=kind,
        name=name,
        is_named=bool(phrase.name),
        role=phrase.role,
        via=_via(told, frame, memory, before),
        confidence=CONFIDENCE[frame.rule],
        rule=frame.rule,
    )


def _kind(told: Passage, frame: Frame, name: str, memory: Memory) -> str:
    phrase = frame.phrase
    if name and (known := memory.kind(name)):
        return known
    if phrase.noun:
        return kind_of_noun(phrase.noun)
    if known := "outlet" if name in memory.outlets else named_kind(name):
        return known
    if phrase.role:
        return kind_of_role(phrase.role.lower().split())
    if phrase.article == "the" or not memory.names.is_person(name):
        return "organisation"
    behind = told.lowered[phrase.tail : min(phrase.stop, phrase.tail + 3)]
    is_official = behind[:1] == ["of"] or behind[1:2] == ["for"] or not IN_OFFICE.isdisjoint(behind)
    return "official" if is_official or not IN_OFFICE.isdisjoint(name.lower().split()) else "person"


def _via(told: Passage, frame: Frame, memory: Memory, before: Attribution | None) -> tuple[Via, ...]:
    """The outlet that quotes a source or was told, or the source that cites it."""
    if through := frame.through or outlet_near(told, frame, memory):
        return (Via(told.span(through.head, through.tail), "outlet", bare(through.name)),)
    if frame.rule != "citing" or not before:
        return ()
    return before.via if before.rule == "citing" else (Via(before.source, before.kind, before.name),)


def _reported_by(source: Attribution, outlet: Attribution) -> Attribution:
    """``two people said, Dow Jones reported``: the source by way of the outlet."""
    if source.via or source.kind == "outlet":
        return source
    return source._replace(via=(Via(outlet.source, outlet.kind, outlet.name),))
