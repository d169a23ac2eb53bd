"""Who has been named in a passage so far: for the surnames, pronouns and nouns that stand for one of them."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from presslog.handlers.insight.outlets import outlet_of

from .genders import gender_of
from .kinds import named_kind
from .names import Names, Topic, bare
from .nouns import BODIES, COMPANIES, DOCUMENTS, NAMED_OUTLETS, OFFICES, OUTLETS, PEOPLE
from .passage import Passage
from .phrases import Phrase

AGENCIES = frozenset("agency newswire service wire".split())
LOOKED_BACK = 100
"""So many names back one is looked for."""
SELF = frozenset("businessman businesswoman".split())
BODY_KINDS = frozenset({"organisation", "outlet"})
PERSON_KINDS = frozenset({"person", "official"})


class Memory:
    """The names of a passage, and who has spoken in it."""

    def __init__(self, told: Passage, outlets: frozenset[str]) -> None:
        self.outlets = outlets
        self.names = Names(told, outlets)
        self._told = told
        self._topics = self.names.topics
        self._roles: list[tuple[int, list[str], str]] = []
        self._kinds: dict[str, str] = {}
        self._genders: dict[str, str] = {}

    def note(self, at: int, name: str, kind: str, role: str) -> None:
        """Keep who spoke, where, and as what."""
        words = role.lower().split()
        topic = Topic(at, name, kind, gender_of(*words))
        self._topics.insert(bisect_left(self._topics, topic), topic)
        if name:
            self._kinds.setdefault(name, kind)
            self._roles.append((at, words, name))

    def kind(self, name: str) -> str:
        """As what one of that name spoke or is introduced; empty where he is not."""
        return self._kinds.get(name) or ("official" if name in self.names.titled else "")

    def full(self, phrase: Phrase) -> str:
        """The name in a phrase as fully as the passage tells it: ``Quill`` is ``Hester Quill``."""
        name = bare(phrase.name)
        if phrase.article != "the":
            return self.names.full(name, phrase.head)
        is_short = " " not in name and name in NAMED_OUTLETS
        near = (topic.name for topic in self._before(phrase.head) if topic.name.endswith(f" {name}"))
        return next(near, name) if is_short else name

    def meant(self, phrase: Phrase) -> str:
        """The name of the one for whom a noun or pronoun stands; empty where it is not clear."""
        noun = phrase.noun
        if noun in {"he", "she"}:
            return self._person(phrase.head, "man" if noun == "he" else "woman")
        if noun == "it":
            return self._subject(phrase.head)
        if phrase.article != "the" or phrase.stop > phrase.tail:
            return ""
        if noun in OFFICES or noun in PEOPLE:
            return self._in_role(phrase)
        if noun in OUTLETS and noun not in DOCUMENTS:
            return self._outlet(phrase)
        return self._body(phrase) if noun in BODIES else ""

    def _before(self, at: int) -> Iterator[Topic]:
        """Who is named before a word, the last one first."""
        last = bisect_left(self._topics, Topic(at, "", ""))
        return (self._topics[place] for place in islice(range(last - 1, -1, -1), LOOKED_BACK))

    def _person(self, at: int, gender: str) -> str:
        """The last person of a gender, in this paragraph or the one before; empty where that one has no name."""
        here = self._told.paragraph(at)
        chosen: Topic | None = None
        for topic in self._before(at):
            if self._told.paragraph(topic.at) < here - (not chosen):
                break
            if (not chosen or not topic.is_weak) and self._may_be(topic, gender):
                chosen = topic
                if not topic.is_weak:
                    break
        name = self.names.full(chosen.name, chosen.at) if chosen and chosen.name else ""
        if name:
            self._genders[name] = gender
        return name

    def _may_be(self, topic: Topic, gender: str) -> bool:
        """Whether it is a person, and none of the other gender."""
        name = self.names.full(topic.name, topic.at) if topic.name else ""
        is_person = topic.kind in PERSON_KINDS or (not topic.kind and self.names.is_person(name))
        return is_person and (self._gender(name, topic) or gender) == gender

    def _gender(self, name: str, topic: Topic) -> str:
        return self._genders.get(name) or topic.gender or gender_of(name.partition(" ")[0].lower())

    def _subject(self, at: int) -> str:
        """The body of which the sentence before, or this one, tells."""
        first, _ = self._told.sentences[at]
        before, _ = self._told.sentences[max(first - 1, 0)]
        earliest = before if self._told.paragraph(before) == self._told.paragraph(at) else first
        near = [topic for topic in self._before(at) if topic.at >= earliest]
        body = next((topic for topic in near if topic.kind in BODY_KINDS and not topic.is_weak), None)
        if body or not near or near[-1].kind or self.names.is_person(near[-1].name):
            return body.name if body else ""
        # Any word has a capital where a sentence begins; a name comes again.
        return near[-1].name if self._told.words.count(near[-1].name) > 1 else ""

    def _in_role(self, phrase: Phrase) -> str:
        """The last one who spoke in that role; for ``the scientist`` the one who spoke before in the paragraph."""
        noun, at = phrase.noun, phrase.head
        roles = islice(reversed(self._roles), LOOKED_BACK)
        if named := next((name for place, words, name in roles if place < at and noun in words), ""):
            return named
        if noun not in PEOPLE and noun not in SELF:
            return ""
        here = self._told.paragraph(at)
        last = next((topic for topic in self._before(at) if topic.kind in PERSON_KINDS), None)
        if not last or not last.name or self._told.paragraph(last.at) != here:
            return ""
        name, wanted = self.names.full(last.name, at), gender_of(noun)
        known = self._gender(name, last)
        return "" if wanted and known and wanted != known else name

    def _outlet(self, phrase: Phrase) -> str:
        word = phrase.noun.capitalize()
        for topic in self._before(phrase.head):
            outlet = outlet_of(topic.name) if topic.kind == "outlet" else None
            is_other = outlet and phrase.noun in AGENCIES and outlet.kind != "agency"
            if word in topic.name.split() or (topic.kind == "outlet" and not is_other):
                return topic.name
        return ""

    def _body(self, phrase: Phrase) -> str:
        """``the ministry`` is one that is called so; ``the company`` is the one with which the text begins."""
        word = phrase.noun.capitalize()
        named = next((topic.name for topic in self._before(phrase.head) if word in topic.name.split()), "")
        if named or phrase.noun not in COMPANIES:
            return named
        lead = self._topics[0] if self._topics and self._topics[0].at < self._told.firsts[1] else None
        is_body = lead and named_kind(lead.name) != "outlet" and self.kind(lead.name) in {"", "organisation"}
        return lead.name if lead and is_body else ""
