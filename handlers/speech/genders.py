"""Whether ``he`` or ``she`` stands for somebody, as far as titles, offices and common first names tell."""

MEN = frozenset(
    "sir lord mr mr. prince king father brother husband man businessman chairman congressman spokesman aaron "
    "abdul adam adrian ahmed alan albert alejandro alexander alfred ali anders andre andrei andrew anthony "
    "antonio arthur barry benjamin bernard bill bob boris brad brandon brian bruce bruno carl carlos charles "
    "chris christopher craig daniel david dennis diego dimitri dmitry donald douglas edward emmanuel eric erik "
    "ernest eugene felix fernando francis francisco frank fred gary george giovanni giuseppe gordon graham greg "
    "gregory hamid hans harold harry hassan henry howard hugh hussein ian ibrahim igor ivan jack jacob james "
    "jason jeff jeffrey jeremy jerome jim joe john jonathan jorge jose joseph joshua juan karl keith ken kenneth "
    "kevin larry lars lawrence leon leonard louis luca luis malcolm marco mario mark martin matthew max michael "
    "miguel mike mohamed mohammed muhammad nathan ned neil nicholas nick nigel oleg oliver omar oscar pablo "
    "patrick paul pavel pedro peter philip pierre rafael ralph raymond ricardo richard rick robert roberto roger "
    "roland ronald russell ryan samuel scott sean sergei simon stanley stefan stephen steve steven stuart ted "
    "terry thomas tim timothy todd tom tony vincent viktor vladimir walter wayne wilhelm william yuri yusuf".split()
)
WOMEN = frozenset(
    "dame lady mrs mrs. ms ms. miss princess queen mother sister wife woman businesswoman chairwoman "
    "congresswoman spokeswoman abigail agnes aisha alexandra alice alison amanda amelia amina amy ana angela "
    "anita ann anna anne annette barbara beatrice beth betty brenda bridget camila carla carmen carol carolina "
    "caroline catherine cecilia charlotte christina christine claire clara claudia cynthia deborah denise diana "
    "diane dolores donna dorothy edith elena eleanor elisabeth elizabeth ella ellen emily emma erika esther eva "
    "evelyn fatima fiona florence frances francesca gabriela gloria grace hannah harriet heather helen helena "
    "helga hillary ingrid irene irina isabel isabella jane janet janice jennifer jessica joanna josephine joyce "
    "judith julia julie karen kate katharina katherine kathleen kathryn katja laura leila lena linda lisa louise "
    "lucia lucy luisa lydia margaret maria marianne marie marina marta martha mary melissa mercedes michelle "
    "miriam monica nadia nancy natalia natalie nicole nina nora olga olivia pamela patricia paula rachel rebecca "
    "rosa rosemary ruth sally samantha sandra sarah sharon sheila sofia sonia sonya sophia sophie stephanie susan "
    "svetlana sylvia tamara tatiana teresa theresa tina ursula valentina valerie vanessa vera veronica victoria "
    "virginia wendy yvonne zainab".split()
)


def gender_of(*words: str) -> str:
    """``man`` or ``woman``, where one of these words says so; empty where none does.

    >>> gender_of("harbour", "spokeswoman"), gender_of("price")
    ('woman', '')
    """
    for word in words:
        if word in MEN:
            return "man"
        if word in WOMEN:
            return "woman"
    return ""
