"""Which language is a sentence in, as far as drafts are made from it?

Told by the letters and by the commonest words. A sentence in another language is None, so that it is said and
not read as empty. This module must not know what a draft is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.ingest.draft.languages.arabic import ARABIC
from service.ingest.draft.languages.english import ENGLISH
from service.ingest.draft.languages.french import FRENCH
from service.ingest.draft.languages.table import Language
from service.ingest.wording.count import fold

__all__ = ["ENGLISH", "LANGUAGES", "Language", "find_language", "is_told"]

LANGUAGES = (ENGLISH, FRENCH, ARABIC)

FEW_WORDS = 12
"""Of fewer words nobody can tell the language, unless by their letters."""
LEAST_SHARE = 0.1
"""So many of the words of prose are among the commonest of its language."""

_OTHERS = (
    "der die das und wurden sind nach mit von im am bei den dem ein eine nicht laut davon es auf",  # German
    "los las el del por con una han fueron según muertos al y se su lo sus fue",  # Spanish
    "ve bir bu için az kişi olarak oldu ile da olan çok daha",  # Turkish
    "il gli della sono di che nel con per almeno nella dei delle una sul",  # Italian
    "os uma foram com em pelo não mortos do da dos na nas ao pelos",  # Portuguese
    "het een zijn bij werden van naar meer volgens",  # Dutch
    "yang dan di orang tewas dalam dengan dari",  # Indonesian
    "li ji bi ku û jî hatin kesan",  # Kurdish
    "och att det som har av på",  # Swedish, Danish and Norwegian
    "w na się z nie",  # Polish
    "els amb una dels",  # Catalan
    "și cel fost",  # Romanian
)
"""The commonest words of languages that are written in Latin letters and not read."""
_OTHER_DEEDS = (
    "tote toten toter getötet getötete starb starben sterben gestorben todesopfer opfer verletzt verletzte"
    " verletzten verwundet zivilisten menschen soldaten kinder frauen leichen vermisst vertrieben"
    " festgenommen umgekommen gefallen mindestens",  # German
    "muerto muertos muertas murió murieron fallecidos fallecieron heridos herido asesinados asesinaron"
    " víctimas civiles desaparecidos desplazados detenidos niños mujeres personas",  # Spanish
    "ölü sayısı öldü öldürüldü ölenler hayatını kaybetti yaralı yaralandı sivil kayıp gözaltına",  # Turkish
    "morti morto uccisi ucciso uccise feriti ferito vittime civili dispersi sfollati arrestati persone"
    " bambini",  # Italian
    "mortos morreram morto feridos assassinados vítimas civis desaparecidos deslocados detidos pessoas"
    " crianças mulheres",  # Portuguese
    "doden dode gedood gedode gewonden gewond omgekomen burgers slachtoffers vermist dodental",  # Dutch
    "tewas meninggal korban",  # Indonesian
    "kuştin mirin mirî birîndar sivîl şehîd",  # Kurdish
    "döda dödades döde dödats skadade drept drepte døde dræbt dræbte skadet sårede skadde",  # Scandinavian
    "zginęło zabitych rannych zabici zmarło cywilów",  # Polish
    "persones ferits assassinats",  # Catalan
    "morți răniți uciși persoane",  # Romanian
)
"""Words by which these languages, and neither English nor French, say what befell whom."""
_DEED_WEIGHT = 3
"""So many common words tell as much as one that says what befell people, which no count of them lacks."""
_SHARED = "in is was of on an at over de d l la le les un en que se son sa du a une des"
"""Common words of English and French that other languages write as well."""
_NOT_ARABIC = re.compile(r"[پچژگکیےںٹڈڑە]")
"""Letters of Persian, Urdu and Kurdish that Arabic does not write."""
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile(r"[وفبك]?ال\w{2}|لل\w{2}")


@lru_cache(maxsize=1)
def _common_words() -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """Return the commonest words of each language that is read, and what each word of the others weighs."""
    read = {language.code: frozenset(fold(language.common).split()) for language in LANGUAGES}
    others = dict.fromkeys(fold(" ".join(_OTHERS)).split(), 1)
    return read, others | dict.fromkeys(fold(" ".join(_OTHER_DEEDS)).split(), _DEED_WEIGHT)


@lru_cache(maxsize=8)
def _deeds_of(language: Language) -> re.Pattern[str]:
    """Return the words by which a language says what befell people, which tell a line without grammar."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(fold, language.measures.values()))})(?!\w)")


def find_language(text: str, folded: str, default: Language | None) -> Language | None:
    """Return the language of a sentence (as written, and folded), None for one that is not read.

    ``default`` is the language of the sentence before, for one that is too short to tell.
    """
    words = _WORD.findall(folded)
    arabic = sum("\u0600" <= word[0] <= "\u06ff" for word in words)
    latin = sum(word[0] < "\u0250" for word in words)
    read, others = _common_words()
    if words and arabic * 2 >= len(words):
        telling = sum(word in read["ar"] or bool(_ARTICLE.match(word)) for word in words)
        foreign = len(_NOT_ARABIC.findall(text))
        is_arabic = foreign <= len(text) // 60 and (
            len(words) < FEW_WORDS or telling >= LEAST_SHARE * len(words)
        )
        return ARABIC if is_arabic else None
    if words and latin * 2 < len(words):
        return None
    scores = {language: sum(word in read[language.code] for word in words) for language in LANGUAGES[:2]}
    deeds = {language: len(_deeds_of(language).findall(folded)) for language in scores}
    if not any(scores.values()):
        scores = deeds
    best = max(scores, key=lambda language: (scores[language], deeds[language], language is default))
    score, foreign = scores[best], sum(others.get(word, 0) for word in words)
    if score and score > foreign and score >= LEAST_SHARE * len(words):
        return best
    if len(words) >= FEW_WORDS or foreign > score:
        return None
    return default if default in scores else ENGLISH


def is_told(language: Language, folded: str) -> bool:
    """Return whether a sentence, folded, has a word that its language shares with no other."""
    read, _ = _common_words()
    own = read[language.code].difference(_SHARED.split())
    return any(word in own for word in _WORD.findall(folded)) or bool(_deeds_of(language).search(folded))
