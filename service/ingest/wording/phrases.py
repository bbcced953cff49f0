"""Which words around a number say how it bounds the count?

Data only, in English, Arabic, French, German, Spanish and Turkish: the name of a list says what its phrases
mean, and ``count`` gives it its arithmetic.
"""

from __future__ import annotations

AT_LEAST = (
    "at least|no fewer than|not fewer than|no less than|not less than|minimum|a minimum of|as a minimum"
    "|ما لا يقل عن|لا يقل عن|على الأقل"
    "|au moins|pas moins de|au minimum|mindestens|wenigstens|nicht weniger als|zumindest"
    "|al menos|por lo menos|como mínimo|no menos de|cuando menos|en az|en azından|asgari"
)
OVER = (
    "over|more than|above|exceeding|exceeds|in excess of|upwards of|exceeded|surpassed|surpassing"
    "|أكثر من|ما يزيد عن|ما يزيد على|يزيد عن|يزيد على|ما يفوق|يفوق|تجاوز"
    "|plus de|plus d'|über|mehr als|más de"
)
AT_MOST = (
    "up to|at most|no more than|not more than|as many as|maximum|a maximum of"
    "|لا يزيد عن|ما لا يزيد عن|على الأكثر"
    "|jusqu'à|au plus|au maximum|bis zu|höchstens|maximal|hasta|como máximo|a lo sumo|en fazla|en çok"
)
UNDER = "under|below|less than|fewer than|أقل من|moins de|moins d'|weniger als|unter|menos de"
NEARLY = "nearly|almost|close to|just under|près de|presque|fast|beinahe|knapp|casi|neredeyse"
ABOUT = (
    "about|around|approximately|approx.|approx|some|roughly|circa|ca.|ca|c.|an estimated|estimated"
    "|نحو|حوالي|قرابة|زهاء|ما يقارب|ما يقرب من|تقريبا"
    "|environ|quelque|quelques|autour de|à peu près|rund|etwa|ungefähr|zirka"
    "|unos|unas|alrededor de|aproximadamente|cerca de|en torno a"
    "|yaklaşık|yaklaşık olarak|aşağı yukarı|takriben"
)
EXACTLY = (
    "exactly|another|a further|a total of|in total|بالضبط|exactement|au total|un total de|genau|insgesamt"
    "|exactamente|en total|tam|toplam"
)
"""Words that leave a number as it is. Whether it adds to another one is for the column ``basis`` to say."""

AT_LEAST_AFTER = (
    "+|or more|or over|at least|at a minimum|على الأقل|أو أكثر|ou plus|au moins|oder mehr|mindestens|o más"
    "|al menos|veya daha fazla"
)
ABOUT_AFTER = (
    "or so|approximately|more or less|تقريبا|على وجه التقريب|environ|ungefähr|aproximadamente"
    "|kadar|civarında|dolayında"
)
OVER_AFTER_TURKISH = r" ?'?(?:d[ae]n|t[ae]n) (?:fazla|cok)| ?'?(?:i|u|yi|yu|si|su)? askin"
"""After the number and its case ending, folded: "745'ten fazla", "1.000'i aşkın"."""

RANGES = (
    ("between", "and", ""), ("likely between", "and", ""), ("from", "to", ""), ("", "to", ""), ("", "-", ""),
    ("بين", "و", ""), ("ما بين", "و", ""), ("من", "إلى", ""), ("", "إلى", ""),
    ("entre", "et", ""), ("de", "à", ""), ("", "à", ""), ("zwischen", "und", ""), ("von", "bis", ""),
    ("", "bis", ""), ("entre", "y", ""), ("de", "a", ""), ("", "ile", "arasında"), ("", "ila", ""),
    ("", "-", "arasında"),
)  # fmt: skip
"""The words before, between and after the two ends of a range."""

FLOORS = {
    20: "tens|several tens|عشرات|العشرات|بضع عشرات|des dizaines|dizaines|plusieurs dizaines|decenas"
    "|varias decenas|onlarca",
    24: "dozens|several dozen|a few dozen|Dutzende|mehrere Dutzend|docenas|varias docenas|düzinelerce",
    40: "scores",
    200: "hundreds|in the hundreds|several hundred|a few hundred|several hundreds|مئات|المئات|عدة مئات"
    "|بضع مئات|des centaines|centaines|plusieurs centaines|quelques centaines"
    "|Hunderte|mehrere hundert|einige hundert|cientos|centenares"
    "|varios cientos|varios centenares|unos cientos|yüzlerce|birkaç yüz",
    2_000: "thousands|in the thousands|several thousand|a few thousand|several thousands"
    "|آلاف|الآلاف|عدة آلاف|بضعة آلاف|des milliers|milliers|plusieurs milliers|quelques milliers"
    "|Tausende|mehrere tausend|einige tausend|miles|varios miles|unos miles|binlerce|birkaç bin",
    20_000: "tens of thousands|عشرات الآلاف|des dizaines de milliers|Zehntausende|decenas de miles"
    "|on binlerce",
    200_000: "hundreds of thousands|مئات الآلاف|des centaines de milliers|Hunderttausende|cientos de miles"
    "|yüz binlerce",
}
"""By the smallest count that a plural allows, two of its unit: the words for it."""

ROUND = {
    6: "half a dozen|une demi-douzaine|media docena|ein halbes Dutzend|yarım düzine",
    10: "une dizaine|una decena",
    12: "a dozen|one dozen|une douzaine|ein Dutzend|una docena|bir düzine",
    20: "une vingtaine|una veintena",
    24: "two dozen|deux douzaines|zwei Dutzend|dos docenas|iki düzine",
    30: "une trentaine|una treintena",
    36: "three dozen|trois douzaines|drei Dutzend|tres docenas|üç düzine",
    40: "une quarantaine",
    48: "four dozen|vier Dutzend|cuatro docenas",
    50: "une cinquantaine",
    60: "une soixantaine",
    100: "a hundred|une centaine|un centenar",
    1_000: "a thousand|un millier|un millar",
    1_000_000: "a million",
}
"""By the number that they stand for approximately: round words."""

HEDGES = (
    "so far|to date|until now|up to now|as of now|حتى الآن|حتى اللحظة|jusqu'à présent|à ce jour|à ce stade"
    "|bisher|bislang|bis jetzt|hasta ahora|hasta el momento|hasta la fecha|şu ana kadar|şimdiye kadar"
    "|şimdilik"
)
"""Words that leave a count as it is, before or after the rest."""

POSSIBLE = (
    "could|may|might|can|possibly|perhaps|قد|ربما|يمكن أن|pourrait|pourraient|könnte|könnten|podría|podrían"
)
"""Words that make a number something that could be, not something that was counted."""

UNITS = (
    "people|persons|person|individuals|civilians|victims|casualties|fatalities|deaths|dead|killed|bodies|lives"
    "|fighters|men|women|children|members|personnel|injured|wounded|missing|displaced|were killed"
    "|شخص|شخصا|أشخاص|مدني|مدنيا|مدنيين|مدنيون|قتيل|قتيلا|قتلى|ضحية|ضحايا|شهيد|شهيدا|شهداء|جريح|جريحا|جرحى"
    "|طفل|طفلا|أطفال|امرأة|نساء|عنصر|عنصرا"
    "|personnes|personne|civils|civil|morts|mort|victimes|tués|blessés|disparus|déplacés|femmes|enfants"
    "|Menschen|Personen|Zivilisten|Tote|Toten|Opfer|Todesopfer|Verletzte|Verletzten|Vermisste|Frauen|Kinder"
    "|Leichen|getötet|personas|civiles|muertos|muertes|víctimas|heridos|fallecidos|desaparecidos|mujeres|niños"
    "|kişi|kişinin|sivil|ölü|yaralı|kurban|insan|kadın|çocuk|can kaybı"
)
"""What is counted, after the number. Ignored, since the columns ``measure`` and ``population`` say it."""

OF = "of|de|d'|von|من"
"""Words between a vague word and what is counted: "hundreds of people"."""
