"""Sentences in languages that drafts are not made of are said to be, alone and among others; those that are
read are drafted."""

from __future__ import annotations

import pytest

from service.errors import QueryError
from service.ingest.draft import draft
from tests.builders import reference

UNREAD = {
    "German": [
        "Bei einem Luftangriff auf Aleppo sind am Montag mindestens 23 Menschen getötet worden.",
        "In Latakia starben 40 Zivilisten.",
        "745 Zivilisten getötet, Dutzende verletzt.",
        "Mehr als 100 Tote in Jableh",
        "Nach Angaben der Beobachtungsstelle wurden 340 Zivilisten getötet.",
        "Angriff in Damaskus: 12 Tote, 30 Verletzte",
        "Bis Dienstag starben 15 Kinder",
        "In Aleppo fallen 12 Soldaten.",
        "Die Zahl der Opfer stieg auf 45.",
        "Massaker in Banias: 40 Opfer",
    ],
    "Spanish": [
        "Al menos 23 personas murieron en un ataque aéreo contra Alepo el lunes.",
        "Murieron 40 civiles en Latakia.",
        "Ataque en Damasco deja 12 muertos y 30 heridos",
        "745 civiles muertos, decenas de heridos.",
        "El Observatorio informó de 340 civiles asesinados.",
        "Suben a 45 los fallecidos en Derna",
    ],
    "Italian": [
        "Almeno 23 persone sono state uccise lunedì in un raid aereo su Aleppo.",
        "A Latakia sono morti 40 civili.",
        "Attacco a Damasco: 12 morti, 30 feriti",
        "745 civili uccisi, decine di feriti.",
        "Secondo l'Osservatorio 340 civili sono stati uccisi.",
        "Derna, oltre 100 vittime",
    ],
    "Dutch": [
        "Bij een luchtaanval op Aleppo zijn maandag zeker 23 mensen gedood.",
        "In Latakia kwamen 40 burgers om.",
        "Aanval in Damascus: 12 doden, 30 gewonden",
        "745 burgers gedood, tientallen gewond.",
        "Volgens het Observatorium zijn 340 burgers gedood.",
        "Meer dan 100 doden in Derna",
    ],
    "Turkish": [
        "Halep'e düzenlenen hava saldırısında pazartesi günü en az 23 kişi öldü.",
        "Lazkiye'de 40 sivil öldürüldü.",
        "Şam'da saldırı: 12 ölü, 30 yaralı",
        "745 sivil öldü, onlarca yaralı.",
        "Gözlemevi'ne göre 340 sivil hayatını kaybetti.",
        "Derne'de ölü sayısı 100'ü aştı",
    ],
    "Russian": [
        "В результате авиаудара по Алеппо в понедельник погибли по меньшей мере 23 человека.",
        "В Латакии погибли 40 мирных жителей.",
        "Нападение в Дамаске: 12 погибших, 30 раненых",
        "745 убитых",
    ],
    "Portuguese": [
        "Pelo menos 23 pessoas morreram na segunda-feira num ataque aéreo contra Alepo.",
        "Em Latakia morreram 40 civis.",
        "Ataque em Damasco: 12 mortos, 30 feridos",
        "745 civis mortos, dezenas de feridos.",
        "Segundo o Observatório, 340 civis foram mortos.",
        "Sobe para 45 o número de vítimas em Derna",
    ],
    "Persian": [
        "در حمله هوایی به حلب دست\u200cکم ۲۳ نفر کشته شدند.",
        "۴۰ غیرنظامی در لاذقیه کشته شدند.",
        "انفجار در دمشق ۱۲ کشته و ۳۰ زخمی بر جا گذاشت.",
        "۷۴۵ غیرنظامی کشته شدند",
        "به گفته دیدبان ۳۴۰ غیرنظامی جان باختند.",
        "شمار قربانیان در درنه به ۴۵ نفر رسید",
    ],
    "Urdu": [
        "حلب پر فضائی حملے میں پیر کو کم از کم 23 افراد ہلاک ہو گئے۔",
        "لاذقیہ میں 40 شہری مارے گئے۔",
        "دمشق میں حملہ، 12 ہلاک، 30 زخمی",
        "آبزرویٹری کے مطابق 340 شہری ہلاک ہوئے۔",
    ],
    "Kurdish": [
        "Di êrîşa hewayî ya li ser Helebê de herî kêm 23 kes hatin kuştin.",
        "Li Lazqiyê 40 sivîl hatin kuştin.",
        "Êrîşa li Şamê: 12 mirî, 30 birîndar",
        "745 sivîl hatin kuştin, bi dehan birîndar.",
        "لە هێرشی ئاسمانی بۆ سەر حەلەب لانیکەم 23 کەس کوژران.",
        "لە لازقیە 40 مەدەنی کوژران.",
        "12 کوژراو و 30 بریندار لە دیمەشق",
    ],
    "Catalan": [
        "Almenys 12 morts i 30 ferits a Damasc",
    ],
    "Swedish": [
        "Minst 23 människor dödades i Aleppo på måndagen.",
        "12 döda och 30 skadade i Damaskus",
    ],
    "Polish": [
        "Co najmniej 23 osoby zginęły w nalocie na Aleppo.",
    ],
    "Romanian": [
        "Cel puțin 23 de persoane au fost ucise la Alep.",
        "12 morți și 30 de răniți la Damasc",
    ],
    "Indonesian": [
        "Sedikitnya 23 orang tewas di Aleppo.",
    ],
}
READ = [
    "At least 23 people were killed in Aleppo on Monday.",
    "Aleppo: 12 dead, 30 injured",
    "Latakia 40 civilians killed",
    "Five people died.",
    "Death toll rises to 45 in Derna",
    "23 killed",
    "Damascus attack kills 12, wounds 30",
    "Dozens dead in Baniyas massacre",
    "Au moins 23 personnes ont été tuées lundi à Alep.",
    "Lattaquié : 40 civils tués",
    "Damas : 12 morts, 30 blessés",
    "Le bilan passe à 45 morts à Derna",
    "23 tués",
    "Explosion à Damas, 12 morts",
    "مقتل 23 شخصا في حلب.",
    "40 قتيلا في اللاذقية",
    "دمشق: 12 قتيلا و30 جريحا",
    "ارتفاع حصيلة القتلى إلى 45 في درنة",
    "استشهاد 12 مدنيا",
    "I saw 12 bodies in Jableh and 30 wounded people at the door.",
    "Rural Damascus: 12 killed, eastern Aleppo: 4 killed",
    "The newspaper Die Zeit said 12 people were killed in Latakia.",
    "El Fasher: 12 dead",
    "Le journal El País fait état de 45 morts à Lattaquié.",
    "En mai, 40 civils ont été tués à Jablé.",
    "12 dead in Los Angeles, 30 in San Juan",
    "Police: 12 killed in door-to-door raids",
    "On donne 12 morts à Damas",
]
BEFORE = {
    "alone": "",
    "after English": "At least 23 people were killed in Aleppo on Monday. ",
    "after French": "Au moins 23 personnes ont été tuées lundi à Alep. ",
    "after Arabic": "قتل 23 شخصا في حلب يوم الاثنين. ",
}
REFERENCE = reference()


def became(text: str, start: int) -> str:
    """Return what became of the sentence that begins at a place of a text."""
    try:
        drafts = draft(text, REFERENCE)
    except QueryError as refusal:
        return "said" if "does not read as English" in str(refusal) else str(refusal)
    if any(span.start >= start for proposal in drafts for span in proposal.spans["count"]):
        return "drafted"
    is_said = any(finding.code == "unread_language" for finding in drafts.findings)
    return "said" if is_said else "passed over"


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
@pytest.mark.parametrize("language", UNREAD)
def test_a_sentence_in_a_language_that_is_not_read_is_said_and_never_drafted(language, before):
    for text in UNREAD[language]:
        assert became(before + text, len(before)) == "said", text


@pytest.mark.parametrize("text", READ)
def test_a_short_line_in_a_language_that_is_read_is_drafted(text):
    assert became(text, 0) == "drafted"
