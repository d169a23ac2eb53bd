"""The verbs that hang what is said on who said it, by language, and what each needs beside it to count."""

from typing import Literal

Need = Literal["nothing", "clause", "that", "quote", "behind"]
"""What has to follow a verb: nothing; a clause; a clause with ``that``; words in quotation marks. Each does for those
before it. Behind what was said (``It rained, Quill said``) all count but those that need words in marks; ``behind``
are those that count nowhere else."""

ENGLISH: dict[Need, str] = {
    "nothing": "said says say",
    "clause": (
        "acknowledge acknowledged acknowledges add added adds admit admits admitted allege alleged alleges "
        "announce announced announces argue argued argues believe believed believes boasted boasts claim claimed "
        "claims complain complained complains concede conceded concedes confirm confirmed confirms estimate "
        "estimated estimates explain explained explains fear feared fears hope hoped hopes insist insisted "
        "insists joked jokes note noted notes predict predicted predicts quipped recall recalled recalls report "
        "reported reports stress stressed stresses suspect suspected suspects tell tells testified testifies "
        "testify think thinks thought told tweeted tweets warn warned warns write writes wrote"
    ),
    "that": (
        "agree agreed agrees answered answers assert asserted asserts assured assures calculated calculates "
        "caution cautioned cautions clarified clarifies commented comments conclude concluded concludes contend "
        "contended contends countered counters declare declared declares demand demanded demands denied denies "
        "disclose disclosed discloses doubt doubted doubts emphasised emphasises emphasized emphasizes find finds "
        "forecast forecasts found hinted hints indicate indicated indicates informed informs joked lamented "
        "laments maintain maintained maintains object objected objects observed observes opined ordered pledge "
        "pledged pledges pointed posted posts proclaimed promise promised promises proposed proposes protested "
        "recommend recommended recommends reiterated reiterates remarked remarks reminded reminds repeated "
        "repeats replied replies reply responded responds retorted reveal revealed reveals rule ruled rules show "
        "showed shown shows signaled signalled state stated states submit submits submitted suggest suggested "
        "suggests swore testified urge urged urges vow vowed vows wonders"
    ),
    "behind": (
        "asked asks continued continues cried exclaimed interjected mused muttered rejoined shouted sighed "
        "snapped ventured volunteered whispered wondered wonders"
    ),
    "quote": (
        "accused accuses blamed blames blasted branded brands call called calls compared compares condemned "
        "condemns criticised criticises criticized criticizes decried deemed denounced denounces deplored derided "
        "describe described describes dismissed dismisses hailed hails labeled labelled labels likened likens "
        "listed lists praised praises preferred prefers rejected rejects ridiculed slammed speaks spoke termed "
        "terms thanked thanks welcomed welcomes"
    ),
}

CUES: dict[str, dict[str, Need]] = {
    "en": {form: need for need, forms in reversed(ENGLISH.items()) for form in forms.split()},
}
"""Language -> form of a verb -> what has to follow it."""

PARTICIPLES: dict[str, Need] = {
    **dict.fromkeys("adding arguing claiming insisting noting saying stressing warning".split(), "clause"),
    **dict.fromkeys(
        "accusing branding calling denouncing describing dismissing labeling labelling praising".split(), "quote"
    ),
}
"""Forms that go on with what somebody else in the sentence does: ``refused to pay, arguing that``."""

WILLING = frozenset(
    "demanded demands offered offers pledged pledges promised promises threatened urged vowed vows".split()
)
"""Verbs with an infinitive in which he is quoted: ``vowed to stay “to the last”``."""

PLURAL = frozenset(
    form
    for forms in ENGLISH.values()
    for form in forms.split()
    if f"{form}s" in CUES["en"] or f"{form}es" in CUES["en"] or form in {"say", "deny", "reply", "testify"}
)
"""Forms for several who speak, which follow other words too: ``to say``, ``the report``."""

DENIALS = frozenset("denied denies".split())
"""Verbs that count with ``that`` next to them: ``denied reports that`` says nothing."""

THOUGHTS = frozenset(
    "believe believed believes fear feared fears hope hoped hopes suspect suspected suspects think thinks "
    "thought".split()
)
"""Verbs that tell of something else with ``had`` before them: ``He had thought that``."""

HEARERS = frozenset("told tells tell reminded reminds assured assures informed informs warned warns asked asks".split())
"""Verbs with somebody to whom they are said: ``told Reuters that``."""
