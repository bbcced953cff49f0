"""Which words around a number say how it bounds the count?

Data only, one table a language: the name of a field says what its phrases mean, ``|`` parts them, and
``count`` gives them their arithmetic. Number words have their own tables (``number_words``).
"""

from __future__ import annotations

from typing import NamedTuple

from service.vocabulary import Measure


class Phrases(NamedTuple):
    """The words of one language around a number. ``|`` parts the phrases of a field."""

    at_least: str = ""
    over: str = ""
    at_most: str = ""
    under: str = ""
    nearly: str = ""
    about: str = ""
    exactly: str = ""
    """Words that leave a number as it is; whether it adds to another one, the column ``basis`` says."""
    at_least_after: str = ""
    about_after: str = ""
    ranges: tuple[tuple[str, str, str], ...] = ()
    """The words before, between and after the two ends of a range."""
    floors: dict[int, str] = {}  # noqa: RUF012 (a default that nobody changes)
    """By the smallest count that a plural allows, two of its unit: the words for it."""
    rounds: dict[int, str] = {}  # noqa: RUF012
    """By the number that they stand for approximately: round words."""
    pairs: str = ""
    """Words for two people of a kind, where a language has a dual: "قتيلان"."""
    no: str = ""
    """Words before what is counted that say that there was nobody: "no deaths"."""
    nobody: str = ""
    """What says by itself that there was nobody."""
    unsaid: str = ""
    """Words that leave open whether there was nobody or nobody knows."""
    some: str = ""
    """Words that say that there were a few people, and no number that they would stand for."""
    hedges: str = ""
    """Words that leave a count as it is, before or after the rest."""
    possible: str = ""
    """Words that make a number something that could be, not something that was counted."""
    units: str = ""
    """What is counted, after the number: it changes no bound, and ``nouns`` holds it against the row."""
    of: str = ""
    """Words between a vague word and what is counted: "hundreds of people"."""
    deeds: dict[Measure, str] = {}  # noqa: RUF012
    """By the measure that they name: words of ``units``, ``pairs`` and ``nobody``."""
    groups: dict[str, str] = {}  # noqa: RUF012
    """By the population that they name: words of ``units`` and ``pairs``."""


_ENGLISH = Phrases(
    at_least="at least|no fewer than|not fewer than|no less than|not less than|minimum|a minimum of"
    "|as a minimum",
    over="over|well over|just over|more than|above|exceeding|exceeds|in excess of|upwards of|exceeded"
    "|surpassed|surpassing|surpasses",
    at_most="up to|at most|no more than|not more than|as many as|maximum|a maximum of",
    under="under|below|less than|fewer than",
    nearly="nearly|almost|close to|just under",
    about="about|around|approximately|approx.|approx|some|roughly|circa|ca.|ca|c.|an estimated|estimated",
    exactly="exactly|another|a further|a total of|in total",
    at_least_after="+|or more|or over|at least|at a minimum",
    about_after="or so|approximately|more or less",
    ranges=(
        ("between", "and", ""), ("likely between", "and", ""), ("from", "to", ""), ("", "to", ""),
        ("", "-", ""), ("", "or", ""),
    ),
    floors={
        20: "tens|several tens",
        24: "dozens|several dozen|a few dozen",
        40: "scores",
        200: "hundreds|in the hundreds|several hundred|a few hundred|several hundreds",
        2_000: "thousands|in the thousands|several thousand|a few thousand|several thousands",
        20_000: "tens of thousands",
        200_000: "hundreds of thousands",
    },
    rounds={
        6: "half a dozen",
        12: "a dozen|one dozen",
        24: "two dozen",
        36: "three dozen",
        48: "four dozen",
        100: "a hundred",
        1_000: "a thousand",
        1_000_000: "a million",
    },
    no="no|zero|not a single",
    nobody="no one was killed|no-one was killed|nobody was killed|no one killed|nobody killed|no one died"
    "|nobody died|no one has been killed|nobody has been killed|no one was injured|nobody was injured"
    "|no one was hurt|nobody was hurt|no one was wounded|nobody was wounded|none killed|none were killed"
    "|none was killed|none injured|none were injured|none wounded|none missing|no injuries|no death",
    unsaid="none|no|nil|null|nobody|no one|n/a|na|unknown|not known|not stated|not reported",
    some="a handful|handful|handfuls|a few|few|several|some|many|numerous|a number|a couple|couple|multiple"
    "|various|countless",
    hedges="so far|to date|until now|up to now|as of now",
    possible="could|may|might|can|possibly|perhaps",
    units="people|persons|person|individuals|civilians|victims|casualties|fatalities|deaths|dead|killed"
    "|bodies|lives|fighters|men|women|children|members|personnel|injured|wounded|missing|displaced"
    "|were killed",
    of="of",
    deeds={
        Measure.KILLED: "killed|died|dead|death|deaths|fatalities|lives",
        Measure.INJURED: "injured|injuries|wounded|hurt",
        Measure.MISSING: "missing",
        Measure.DISPLACED: "displaced",
        Measure.CASUALTIES: "casualties",
        Measure.BODIES_RECOVERED: "bodies",
    },
    groups={
        "civilians": "civilians",
        "combatants": "fighters",
        "male": "men",
        "women": "women",
        "children": "children",
    },
)  # fmt: skip

_ARABIC = Phrases(
    at_least="ما لا يقل عن|لا يقل عن|لا تقل عن|على الأقل|على أقل تقدير",
    over="أكثر من|أزيد من|ما يزيد عن|ما يزيد على|يزيد عن|يزيد على|تزيد عن|تزيد على|ما يفوق|يفوق|تفوق|تجاوز"
    "|يتجاوز|تجاوزت|فوق",
    at_most="لا يزيد عن|ما لا يزيد عن|لا يتجاوز|على الأكثر|ما يصل إلى|حد أقصى",
    under="أقل من|ما دون",
    nearly="ما يقرب من",
    about="نحو|حوالي|قرابة|زهاء|ما يقارب|تقريبا",
    exactly="بالضبط|ما مجموعه|إجمالي",
    at_least_after="على الأقل|على أقل تقدير|أو أكثر",
    about_after="تقريبا|على وجه التقريب",
    ranges=(
        ("بين", "و", ""), ("ما بين", "و", ""), ("بين", "إلى", ""), ("من", "إلى", ""), ("", "إلى", ""),
        ("", "-", ""),
    ),
    floors={
        20: "عشرات|العشرات|بضع عشرات",
        200: "مئات|المئات|عدة مئات|بضع مئات",
        2_000: "آلاف|الآلاف|عدة آلاف|بضعة آلاف",
        20_000: "عشرات الآلاف|عشرات آلاف",
        200_000: "مئات الآلاف|مئات آلاف",
    },
    pairs="شخصان|شخصين|قتيلان|قتيلين|جريحان|جريحين|مدنيان|مدنيين اثنين|طفلان|طفلين|طفلتان|طفلتين|امرأتان"
    "|امرأتين|سيدتان|سيدتين|فتاتان|فتاتين|جنديان|جنديين|عنصران|عنصرين|شرطيان|شرطيين|ضحيتان|ضحيتين|شهيدان"
    "|شهيدين|جثتان|جثتين|مقاتلان|مقاتلين اثنين|مسلحان|مسلحين اثنين|رجلان|رجلين|شابان|شابين|طبيبان|طبيبين"
    "|ممرضتان|ممرضتين|ممرضان|مسعفان|مسعفين اثنين|شقيقان|شقيقين|صحفيان|صحفيين اثنين"
    "|أجنبيان|مصريان|سوريان|سودانيان|فلسطينيان|ليبيان|لبنانيان|عراقيان|مواطنان|عسكريان|ضابطان|لاجئان|مهاجران|نازحان"
    "|عاملا إغاثة|عاملي إغاثة|موظفان|متطوعان|معلمان|معلمتان|ممرضتان|رضيعان|مجندان|مفقودان|معتقلان|مختطفان",
    no="لا|دون|بلا|بدون",
    nobody="لم يقتل أحد|لم يُقتل أي شخص|لم يمت أحد|لم يصب أحد|لم يسقط قتلى|لا قتلى|لا ضحايا|لا وفيات"
    "|لا إصابات",
    unsaid="لا أحد|لا يوجد|لا شيء|غير معروف|مجهول",
    some="بضعة|بعض|عدد|عدد قليل|حفنة|عدة|العديد|قليل|كثير",
    hedges="حتى الآن|حتى اللحظة|إلى الآن",
    possible="قد|ربما|يمكن أن",
    units="شخص|شخصا|أشخاص|مدني|مدنيا|مدنيين|مدنيون|قتيل|قتيلا|قتلى|ضحية|ضحايا|شهيد|شهيدا|شهداء|جريح|جريحا"
    "|جرحى|مصاب|مصابا|مصابين|طفل|طفلا|أطفال|امرأة|نساء|عنصر|عنصرا|نازح|نازحا|جثة|جثث",
    of="من",
    deeds={
        Measure.KILLED: "يقتل|يمت|قتيل|قتيلا|قتلى|قتيلان|قتيلين|شهيد|شهيدا|شهداء|شهيدان|شهيدين|وفيات",
        Measure.INJURED: "يصب|جريح|جريحا|جرحى|جريحان|جريحين|مصاب|مصابا|مصابين|إصابات",
        Measure.MISSING: "مفقودان",
        Measure.DISPLACED: "نازح|نازحا|نازحان|لاجئان",
        Measure.DETAINED: "معتقلان",
        Measure.ABDUCTED: "مختطفان",
        Measure.BODIES_RECOVERED: "جثة|جثث|جثتان|جثتين",
    },
    groups={
        "civilians": "مدني|مدنيا|مدنيين|مدنيون|مدنيان",
        "combatants": "عنصر|عنصرا|عنصران|عنصرين|مقاتلان|مقاتلين|مسلحان|مسلحين|جنديان|جنديين|شرطيان|شرطيين"
        "|عسكريان|ضابطان|مجندان",
        "male": "رجلان|رجلين",
        "women": "امرأة|نساء|امرأتان|امرأتين|سيدتان|سيدتين",
        "children": "طفل|طفلا|أطفال|طفلان|طفلين|طفلتان|طفلتين|رضيعان",
        "medical_personnel": "طبيبان|طبيبين|ممرضان|ممرضتان|ممرضتين|مسعفان|مسعفين",
        "aid_workers": "عاملا إغاثة|عاملي إغاثة",
        "foreign_nationals": "أجنبيان",
    },
)  # fmt: skip

_FRENCH = Phrases(
    at_least="au moins|pas moins de|pas moins d'|au minimum|un minimum de",
    over="plus de|plus d'|dépassant|dépasse|dépassé|dépassait|dépassent",
    at_most="jusqu'à|au plus|au maximum|pas plus de|tout au plus",
    under="moins de|moins d'",
    nearly="près de|près d'|presque|pas loin de",
    about="environ|quelque|quelques|autour de|autour d'|à peu près|aux alentours de",
    exactly="exactement|au total|un total de|en tout",
    at_least_after="ou plus|au moins|au minimum",
    about_after="environ|à peu près",
    ranges=(("entre", "et", ""), ("de", "à", ""), ("", "à", ""), ("", "ou", ""), ("", "-", "")),
    floors={
        20: "des dizaines|dizaines|plusieurs dizaines|quelques dizaines",
        200: "des centaines|centaines|plusieurs centaines|quelques centaines",
        2_000: "des milliers|milliers|plusieurs milliers|quelques milliers",
        20_000: "des dizaines de milliers|plusieurs dizaines de milliers",
        200_000: "des centaines de milliers|plusieurs centaines de milliers",
    },
    rounds={
        6: "une demi-douzaine",
        10: "une dizaine",
        12: "une douzaine",
        15: "une quinzaine",
        20: "une vingtaine",
        24: "deux douzaines",
        30: "une trentaine",
        40: "une quarantaine",
        50: "une cinquantaine",
        60: "une soixantaine",
        100: "une centaine",
        1_000: "un millier",
    },
    no="aucun|aucune|pas de|zéro",
    nobody="personne n'a été tué|personne n'est mort|personne n'a été blessé|aucune victime|aucun tué"
    "|aucun blessé|aucun disparu|aucun décès",
    unsaid="aucun|aucune|néant|inconnu|personne",
    some="une poignée|poignée|quelques-uns|quelques|plusieurs|certains|de nombreux|nombreux"
    "|un certain nombre",
    hedges="jusqu'à présent|à ce jour|à ce stade",
    possible="pourrait|pourraient",
    units="personnes|personne|civils|civil|morts|mort|victimes|tués|blessés|disparus|déplacés|femmes|enfants"
    "|corps|décès",
    of="de|d'",
    deeds={
        Measure.KILLED: "tué|tués|mort|morts|décès",
        Measure.INJURED: "blessé|blessés",
        Measure.MISSING: "disparu|disparus",
        Measure.DISPLACED: "déplacés",
        Measure.BODIES_RECOVERED: "corps",
    },
    groups={"civilians": "civil|civils", "women": "femmes", "children": "enfants"},
)  # fmt: skip

_GERMAN = Phrases(
    at_least="mindestens|wenigstens|nicht weniger als|zumindest",
    over="über|mehr als",
    at_most="bis zu|höchstens|maximal",
    under="weniger als|unter",
    nearly="fast|beinahe|knapp",
    about="rund|etwa|ungefähr|zirka",
    exactly="genau|insgesamt",
    at_least_after="oder mehr|mindestens",
    about_after="ungefähr",
    ranges=(("zwischen", "und", ""), ("von", "bis", ""), ("", "bis", ""), ("", "-", "")),
    floors={
        24: "Dutzende|mehrere Dutzend",
        200: "Hunderte|mehrere hundert|einige hundert",
        2_000: "Tausende|mehrere tausend|einige tausend",
        20_000: "Zehntausende",
        200_000: "Hunderttausende",
    },
    rounds={
        6: "ein halbes Dutzend",
        12: "ein Dutzend",
        24: "zwei Dutzend",
        36: "drei Dutzend",
        48: "vier Dutzend",
    },
    no="keine|kein|keinen",
    nobody="niemand wurde getötet|niemand getötet|niemand starb|niemand wurde verletzt",
    unsaid="keine|niemand|unbekannt",
    some="eine Handvoll|ein paar|einige|mehrere|wenige|viele",
    hedges="bisher|bislang|bis jetzt",
    possible="könnte|könnten",
    units="Menschen|Personen|Zivilisten|Tote|Toten|Opfer|Todesopfer|Verletzte|Verletzten|Vermisste|Frauen"
    "|Kinder|Leichen|getötet",
    of="von",
    deeds={
        Measure.KILLED: "getötet|starb|Tote|Toten|Todesopfer",
        Measure.INJURED: "verletzt|Verletzte|Verletzten",
        Measure.MISSING: "Vermisste",
        Measure.BODIES_RECOVERED: "Leichen",
    },
    groups={"civilians": "Zivilisten", "women": "Frauen", "children": "Kinder"},
)

_SPANISH = Phrases(
    at_least="al menos|por lo menos|como mínimo|no menos de|cuando menos",
    over="más de",
    at_most="hasta|como máximo|a lo sumo",
    under="menos de",
    nearly="casi",
    about="unos|unas|alrededor de|aproximadamente|cerca de|en torno a",
    exactly="exactamente|en total",
    at_least_after="o más|al menos",
    about_after="aproximadamente",
    ranges=(("entre", "y", ""), ("de", "a", ""), ("", "-", "")),
    floors={
        20: "decenas|varias decenas",
        24: "docenas|varias docenas",
        200: "cientos|centenares|varios cientos|varios centenares|unos cientos",
        2_000: "miles|varios miles|unos miles",
        20_000: "decenas de miles",
        200_000: "cientos de miles",
    },
    rounds={
        6: "media docena",
        10: "una decena",
        12: "una docena",
        20: "una veintena",
        24: "dos docenas",
        30: "una treintena",
        36: "tres docenas",
        48: "cuatro docenas",
        100: "un centenar",
        1_000: "un millar",
    },
    no="ningún|ninguna|sin|no hubo",
    nobody="nadie murió|nadie ha muerto|nadie resultó herido|ningún muerto|ningún herido|ninguna víctima",
    unsaid="ninguno|ninguna|nadie|desconocido",
    some="un puñado|unos pocos|algunos|varios|muchos|unos cuantos",
    hedges="hasta ahora|hasta el momento|hasta la fecha",
    possible="podría|podrían",
    units="personas|civiles|muertos|muertes|víctimas|heridos|fallecidos|desaparecidos|mujeres|niños",
    of="de",
    deeds={
        Measure.KILLED: "murió|muerto|muertos|muertes|fallecidos",
        Measure.INJURED: "herido|heridos",
        Measure.MISSING: "desaparecidos",
    },
    groups={"civilians": "civiles", "women": "mujeres", "children": "niños"},
)

_TURKISH = Phrases(
    at_least="en az|en azından|asgari",
    at_most="en fazla|en çok",
    nearly="neredeyse",
    about="yaklaşık|yaklaşık olarak|aşağı yukarı|takriben",
    exactly="tam|toplam",
    at_least_after="veya daha fazla",
    about_after="kadar|civarında|dolayında",
    ranges=(("", "ile", "arasında"), ("", "ila", ""), ("", "-", "arasında"), ("", "-", "")),
    floors={
        20: "onlarca",
        24: "düzinelerce",
        200: "yüzlerce|birkaç yüz",
        2_000: "binlerce|birkaç bin",
        20_000: "on binlerce",
        200_000: "yüz binlerce",
    },
    rounds={6: "yarım düzine", 12: "bir düzine", 24: "iki düzine", 36: "üç düzine"},
    nobody="can kaybı yok|ölen yok|ölü yok|yaralı yok|kimse ölmedi|hiç kimse ölmedi|kimse yaralanmadı",
    unsaid="yok|hiç kimse|bilinmiyor",
    some="bir avuç|birkaç|bazı|çok sayıda",
    hedges="şu ana kadar|şimdiye kadar|şimdilik",
    units="kişi|kişinin|sivil|ölü|yaralı|kurban|insan|kadın|çocuk|can kaybı",
    deeds={
        Measure.KILLED: "ölen|ölü|ölmedi|can kaybı",
        Measure.INJURED: "yaralı|yaralanmadı",
    },
    groups={"civilians": "sivil", "women": "kadın", "children": "çocuk"},
)

PHRASES = {
    "en": _ENGLISH,
    "ar": _ARABIC,
    "fr": _FRENCH,
    "de": _GERMAN,
    "es": _SPANISH,
    "tr": _TURKISH,
}
"""By the code of a language: its table."""

OVER_AFTER_TURKISH = r" ?'?(?:d[ae]n|t[ae]n) (?:fazla|cok)| ?'?(?:i|u|yi|yu|si|su)? askin"
"""After the number and its case ending, folded: "745'ten fazla", "1.000'i aşkın"."""


def in_every_language(field: str) -> str:
    """Return the phrases of a field of every language, parted by ``|``."""
    return "|".join(filter(None, (getattr(phrases, field) for phrases in PHRASES.values())))
