"""What are people called who are counted as citizens of another country?

A table of nationalities, in the three languages that drafts are made of. Each stands for the population
``<nationality>_nationals``; who has no population of that name is ``foreign_nationals``. Citizens in their
own country are no such population, which is for ``people`` to tell. Data only.
"""

from __future__ import annotations

from typing import NamedTuple

FOREIGN = "foreign_nationals"


class Nationality(NamedTuple):
    """A country's area code, and its people: singular and plural stems as the language tables take them."""

    country: str
    key: str
    english: str
    french: str
    arabic: str


NATIONALITIES = (
    Nationality("DZ", "algerian", "Algerian", "algérien", "جزائري"),
    Nationality("BD", "bangladeshi", "Bangladeshi", "bangladais", "بنغلاديشي|بنغلادشي|بنغالي"),
    Nationality("TD", "chadian", "Chadian", "tchadien", "تشادي"),
    Nationality("EG", "egyptian", "Egyptian", "égyptien", "مصري"),
    Nationality("ER", "eritrean", "Eritrean", "érythréen", "إريتري"),
    Nationality("ET", "ethiopian", "Ethiopian", "éthiopien", "إثيوبي|أثيوبي"),
    Nationality("IN", "indian", "Indian", "indien", "هندي"),
    Nationality("IQ", "iraqi", "Iraqi", "irakien", "عراقي"),
    Nationality("IR", "iranian", "Iranian", "iranien", "إيراني"),
    Nationality("JO", "jordanian", "Jordanian", "jordanien", "أردني"),
    Nationality("LB", "lebanese", "Lebanese", "libanais", "لبناني"),
    Nationality("LY", "libyan", "Libyan", "libyen", "ليبي"),
    Nationality("MA", "moroccan", "Moroccan", "marocain", "مغربي"),
    Nationality("NP", "nepali", "Nepali|Nepalese", "népalais", "نيبالي"),
    Nationality("NG", "nigerian", "Nigerian", "nigérian", "نيجيري"),
    Nationality("PK", "pakistani", "Pakistani", "pakistanais", "باكستاني"),
    Nationality("PS", "palestinian", "Palestinian", "palestinien", "فلسطيني"),
    Nationality("PH", "philippine", "Filipino|Filipina", "philippin", "فلبيني|فيليبيني"),
    Nationality("RU", "russian", "Russian", "russe", "روسي"),
    Nationality("SO", "somali", "Somali", "somalien", "صومالي"),
    Nationality("SD", "sudanese", "Sudanese", "soudanais", "سوداني"),
    Nationality("SY", "syrian", "Syrian", "syrien", "سوري"),
    Nationality("TN", "tunisian", "Tunisian", "tunisien", "تونسي"),
    Nationality("TR", "turkish", "Turk|Turkish", "turc|turque", "تركي"),
    Nationality("UA", "ukrainian", "Ukrainian", "ukrainien", "أوكراني"),
    Nationality("YE", "yemeni", "Yemeni", "yéménite", "يمني"),
)

COUNTRY_OF = {f"{each.key}_nationals": each.country for each in NATIONALITIES}
"""The country whose citizens a population of nationals are."""


class Nationals(NamedTuple):
    """The words of one language for the people of a population of nationals."""

    population: str
    named: str
    """Their name alone, which names them right behind a number: elsewhere it may be an adjective."""
    said: str
    """Words that name them wherever they stand: "Syrian nationals"."""


def english_nationals() -> tuple[Nationals, ...]:
    """Return the populations of nationals with the English words for them."""
    who = "nationals?|citizens?|expatriates?|migrants?|refugees?|workers?|labou?rers?|sailors?"
    alone = f"(?:(?= (?:{_ENGLISH_NO_NOUN})(?!\\w))|(?! \\w))"
    foreign = f"(?:foreign|migrant) (?:{who})"
    return (
        *(
            Nationals(
                f"{each.key}_nationals",
                f"(?:{each.english})s|(?:{each.english}){alone}",
                f"(?:{each.english}) (?:{who})",
            )
            for each in NATIONALITIES
        ),
        Nationals(FOREIGN, "foreigners?|expatriates?|migrants?", f"foreigners|{foreign}"),
    )


_ENGLISH_NO_NOUN = (
    "and|or|was|were|is|are|has|have|had|who|in|at|on|near|from|among|died|drowned|killed|wounded|injured"
    "|missing|dead|detained|abducted|also|while|when|after|by|to|as"
)
"""Words behind "Lebanese" or "a Palestinian" that make it no adjective."""


def french_nationals() -> tuple[Nationals, ...]:
    """Return the populations of nationals with the French words for them."""
    who = "ressortissante?s?|citoyen(?:ne)?s?|migrante?s?|travailleu(?:rs?|ses?)|ouvri(?:er|ère)s?"
    strange = "étrang(?:er|ère)s?"
    named = [(f"{each.key}_nationals", f"(?:{each.french})(?:ne|e)?s?") for each in NATIONALITIES]
    return (
        *(Nationals(name, words, f"(?:{who}) (?:{words})") for name, words in named),
        Nationals(FOREIGN, f"{strange}|expatriée?s?|migrante?s?", f"(?:{who}) {strange}"),
    )


def arabic_nationals() -> tuple[Nationals, ...]:
    """Return the populations of nationals with the Arabic words for them."""
    who = "مواطن\\w*|رعايا|عامل\\w*|عمال|مهاجر\\w*"
    named = [
        (f"{each.key}_nationals", f"(?:ال)?(?:{each.arabic})(?:ا|ون|ين|ان|ة|ات)?") for each in NATIONALITIES
    ]
    strange = "أجنبي(?:ا|ان|ين|ة)?|أجانب"
    return (
        *(Nationals(name, words, f"(?:{who}) (?:{words})") for name, words in named),
        Nationals(FOREIGN, f"{strange}|مهاجر(?:ا|ان|ين|ون|ة)?", f"(?:{who}) (?:{strange})|أجانب"),
    )
