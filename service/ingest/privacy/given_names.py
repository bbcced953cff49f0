"""Which words are given names, and which words show that a name is that of a place or an institution?

Lists, each for one script, in the form in which texts are compared: Latin in lower case without marks, Arabic
as ``arabic_key`` writes it. They hold frequent names of the regions whose crises are counted here; a name
that is an ordinary word as well (Amal, Omar in Arabic) is left out, since the screen must not hold sound
rows. They name nobody.
"""

from __future__ import annotations

import re

_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_LETTERS = str.maketrans("أإآٱىةؤئگک", "اااايهويكك")


def arabic_key(text: str) -> str:
    """Return Arabic text without vowel marks and lengthening, each letter in one spelling.

    >>> arabic_key("فَاطِمَة")
    'فاطمه'
    """
    return _MARKS.sub("", text).translate(_LETTERS)


LATIN_GIVEN_NAMES = frozenset(
    """
    ahmad ahmed mohammad mohammed muhammad mohamed mohamad mehmet mahmoud mahmud hamed hamid hussein husayn
    husain hossein hasan hassan ali omar umar othman osman uthman khaled khalid walid waleed ibrahim ebrahim
    ismail yousef yusuf youssef yusef moustafa mustafa mustapha abdullah abdallah abdelrahman abdulrahman
    abdelkader abdulkarim abdulaziz abdelaziz abdulhamid bilal bassam bassel basel bashar firas fadi ghassan
    haidar haydar haitham haytham hisham imad iyad jamil jawad kareem karim kamal kinan louay loay maher mahdi
    majed majid marwan mazen mazin moaz muath mohsen muhsin munir murad nabil nader nasser nizar osama usama
    qasim qasem qassem raed rami ramez ramzi rashid reza saleem salim saleh salih sami samer samir suleiman
    sulaiman tamer tarek tariq wael wissam yaser yasser yassin younes yunus zaid zayd ziad ziyad zakaria
    fatima fatma fatemeh aisha aysha ayesha khadija khadijah zainab zaynab zeinab zeynep maryam mariam miriam
    maysa maysoon manal marwa nadia nour noura nora rania rasha reem rima rim ruqayya safaa safiya samar
    samira sawsan sumaya suad shaimaa yasmin yasmine yasmeen zahra zahraa hanan hanaa hiba huda ibtisam
    iman lamia rana sarah sara doaa duaa nawal nada sahar sanaa abeer mona mouna mayada huda layla leila
    lina maha hala dalia dina ghada farah wafaa salma salwa
    """.split()  # noqa: SIM905 - a column of names is easier to read and to add to
)
"""Given names in Latin letters, in lower case."""

ARABIC_GIVEN_NAMES = frozenset(
    map(
        arabic_key,
        """
        محمد أحمد محمود حامد حسين مصطفى إبراهيم إسماعيل يوسف خالد وليد عثمان عبدالله عبدالرحمن عبدالقادر
        عبدالكريم عبدالعزيز عبدالحميد بلال بسام باسل بشار فراس فادي غسان حيدر هيثم هشام عماد إياد جواد كنان
        لؤي ماهر ماجد مروان مازن معاذ محسن نبيل نزار أسامة قاسم رائد رامي رامز رمزي سليم سامر سمير سليمان
        تامر طارق وائل وسام ياسر ياسين يونس زياد زكريا
        فاطمة عائشة خديجة زينب مريم ميسون مروة نادية رانيا رشا ريما رقية صفية سميرة سوسن سمية سعاد شيماء
        ريم رنا رغد نوال هالة سارة دعاء ولاء هدى ندى سحر سناء وفاء صفاء فدوى عبير منى ميادة ياسمين زهراء
        هبة ابتسام لمياء ليلى دالية غادة سلمى سلوى هنادي
        """.split(),  # noqa: SIM905
    )
)
"""Given names in Arabic letters, as ``arabic_key`` writes them."""

ARABIC_FURTHER_NAMES = frozenset(
    map(
        arabic_key,
        """علي حسن عمر سعيد كريم جميل صالح كامل كمال عادل نور أمل إيمان حنان سلام حسام علاء""".split(),  # noqa: SIM905
    )
)
"""Names that are ordinary words as well: they count behind a title or another name only."""

LATIN_PLACE_WORDS = frozenset(
    """
    city town village district governorate province region neighborhood neighbourhood street road square
    avenue roundabout bridge hospital clinic mosque church cathedral monastery shrine school university
    college institute academy camp airport airbase port base barracks dam valley mountain mount river
    crossing checkpoint prison stadium market cemetery foundation organization organisation association
    network center centre observatory council committee commission ministry authority agency society party
    movement brigade battalion division front army forces militia group channel news tv radio press
    newspaper magazine journal times post initiative fund trust award prize farm farms countryside
    subdistrict sub-district county palace building tower hotel park stadium battalions brigades operation
    cyclone storm hurricane hill tell tal deir jabal jebel khan beit bayt wadi ain ayn nabi mar kafr kfar
    burj qalaat umm ras
    """.split()  # noqa: SIM905
)
"""Words, in lower case, that make a name beside them that of a place, an institution or a force."""

ARABIC_PLACE_WORDS = frozenset(
    map(
        arabic_key,
        """
        مدينة بلدة قرية حي منطقة ناحية محافظة شارع طريق ساحة دوار جسر مستشفى مشفى مشافي مستوصف جامع مسجد
        كنيسة دير مقام مدرسة جامعة معهد مخيم مطار مرفأ ميناء قاعدة ثكنة سد وادي جبل تل تلة نهر معبر حاجز سجن
        ملعب سوق مقبرة مؤسسة منظمة جمعية شبكة مركز مرصد مجلس لجنة وزارة هيئة حزب حركة لواء كتيبة فرقة جيش قوات
        ميليشيا قناة إذاعة صحيفة وكالة حملة عملية إعصار مزرعة مزارع ريف قصر برج بيت خربة عين نبع كفر رأس باب
        النبي الإمام ضاحية مسبح قلعة بيت نادي حديقة مبنى
        """.split(),  # noqa: SIM905
    )
)
"""Words, as ``arabic_key`` writes them, that make a name behind them that of a place, an institution or a
force."""
