"""What must be known of a language to draft reports from its prose?

A ``Language`` is a table of words: everything that the one reading engine knows of English, French or Arabic.
Its fields hold regular expressions, folded (``wording.count.fold``) before they are compiled: lower case, no
accents, one form of digits, dashes and Arabic letters, one space. They must not hold groups, nor classes in
capitals such as ``\\W``. Number words and the words that bound a count are those of ``wording``.
"""

from __future__ import annotations

import dataclasses

from service.ingest.draft.languages.nationals import Nationals
from service.vocabulary import Measure


@dataclasses.dataclass(frozen=True, eq=False)
class Language:
    """The words of one language, by what they do in a sentence."""

    code: str
    name: str
    locales: tuple[str, ...]
    """CLDR locales of its month and weekday names."""
    common: str
    """Its commonest words that languages in the same letters do not share, parted by spaces."""

    # --- figures
    number_joint: str
    """What may stand between two words of one number."""
    people: str
    """Nouns of people, beside the words of ``measures`` and ``populations``."""
    things: str
    """Nouns and units behind a number that make it no count of people."""
    bare: str
    """Words behind a number that is followed by no noun: prepositions, verbs."""
    noun: str
    """A word behind a number that is taken for a thing unless it is known as people."""
    not_before: str
    """Words right before a number that is no count: ages, pages, names of roads."""
    whose: str
    """Words right before the relatives or the age of one person: "his two brothers", "she was 61"."""
    possible: str
    """Words before a number that nobody has counted: "could exceed"."""
    possible_after: str
    """Verbs behind such a number and its noun: "20,000 might have perished"."""
    relative: str
    """Pronouns that begin another clause about the people counted: "who may have been fighters"."""
    denial: str
    """Words before a number that somebody says is wrong."""
    denial_after: str
    """Words behind such a number: "was denied"."""
    contrast: str
    """Words behind a denial after which something else is said."""
    previous: str
    """Words before a number that stands for another time or crisis: "up from", "compared with"."""
    previous_after: str
    """Words behind such a number: "a day earlier"."""
    reached: str
    """Words between a verb of rising or falling and the total that it comes to."""
    rose: str
    """Words before the two ends of a rise, of which the second is the count."""
    not_all: str
    """Words before "of the 30 wounded": the number they stand for is no count."""
    of_the: str
    """Words between a number and the group that it is of: "two of the 38"."""
    share: str
    """Words before a number of whom only a part is spoken of: "three-quarters of the 200 dead"."""
    other_deed: str
    """What people did who are counted for no measure: they came back, were freed."""
    number_of: str
    """Words before a population whose figure follows: "the number of civilians killed"."""
    conjunction: str
    """Words that begin another deed or place."""
    pronoun: str
    """Words that stand for the one source of the sentence before."""
    of_them: str
    """Words by which a figure says that it is a part of the one before it."""
    nobody: str = ""
    """What says that there was nobody, with what must stand behind it: "no one" before "was killed"."""
    article: str = ""
    """A number word that is an article too: a count only right before people of whom a measure is said."""

    single: str = ""
    """What counts one person without a number word: "a" before a noun of people; a noun behind "مقتل"."""
    single_did: str = ""
    """What must stand behind it, unless it stands behind a deed or a number."""
    one_article: str = ""
    """What stands before somebody who is one: "a gunman"."""
    noun_first: str = ""
    """Numbers that stand behind their noun."""
    qualified: str = ""
    """Nouns between a word that bounds a number and the number: "تجاوز عدد القتلى المئة"."""
    one: str = ""
    """Nouns that an article counts: "un mort"."""
    one_did: str = ""
    """Words behind "un" and a noun of ``populations`` that make it a count: "un enfant a été tué"."""
    also: str = ""
    """Words before an article that goes on counting: "trois infirmières et un médecin"."""

    # --- people
    measures: dict[Measure, str] = dataclasses.field(default_factory=dict)
    """The words that say what is counted; for any other measure of people, its name."""
    bodies: str = ""
    body_actions: dict[Measure, str] = dataclasses.field(default_factory=dict)
    """What may have been done with bodies."""
    populations: tuple[tuple[str, str], ...] = ()
    """Populations and the words for them, the special ones first; ``all`` for words that say no more."""
    nationals: tuple[Nationals, ...] = ()
    """Citizens of other countries, and the words for them."""
    both: str = ""
    """Two populations that are counted together."""
    all_of: str = ""
    """Words behind which stands who all of those counted are: "seven people, all of them civilians"."""
    blame: str = ""
    """Words behind which those stand who did it."""
    partly: str = ""
    """Words behind which only a part of the people is meant."""
    toll_of: tuple[tuple[str, str], ...] = ()
    """Populations named before their figure: "the civilian death toll"."""

    # --- places
    level_before: str = ""
    level_after: str = ""
    """Words for the level of a place, before and behind its name."""
    direction: str = ""
    """Words before the name of a country that leave only a part of it: "southern", "l'est de la"."""
    joint: str = ""
    """What stands between two places of one set, after the word for a level, if there is one."""
    leads: str = ""
    """What stands between a place and the figure about it: "in Homs, 12"."""
    close: str = ""
    """What stands between a figure and its place: "49 in Tartus"."""

    in_place: str = ""
    """Prepositions before a place."""

    # --- days
    day: str = r"\d{1,2}"
    date_joint: str = ""
    """What stands between the two days of a range: "6 to 10 March"."""
    before_month: str = ""
    """What may stand between a day and its month: "6 of March"."""
    before_year: str = ""
    month_first: bool = False
    yesterday: str = ""
    today: str = ""
    weekend: str = ""
    since: str = ""
    until: str = ""
    in_year: str = ""
    """Words before a year alone."""

    # --- sources
    cited: str = ""
    """Words right before a name that make the figure its: "according to"."""
    says: str = ""
    """Verbs of saying and counting."""
    handled: str = ""
    """Verbs of those who treat people, and so count them: "MSF treated 12"."""
    between_says: str = ""
    """Words that may stand between a name and its verb."""
    owns: str = ""
    """Words behind a name that make a figure its own: "'s count"."""
    told: str = ""
    """Words right before the name of somebody who was told."""
    watch: str = ""
    """Common nouns that stand for a source named before: "the Observatory"."""
    nameless: str = ""
    """People and offices that nobody can look up, with the words beside them: "residents of Banias"."""
    continues: str = ""
    """Beginnings of a sentence that goes on about the figures of the one before."""
    name_article: str = ""
    """An article before a name."""
    genitive: str = ""
    """Words between a noun and what it is of."""
    was: str = ""
    """Words between a figure without a noun and its deed: "and two were killed"."""
    joins: str = ""
    """Words by which a figure is joined to the one before."""
    joined_middle: str = ""
    """What parts the ends of a range where it is written together with the second."""
    clitic: str = ""
    """Letters written together with a number."""
    prefix: str = ""
    """What may be written together with the beginning of a word: "l'", "و"."""
    has_capitals: bool = True
    """Whether its names begin with a capital."""
