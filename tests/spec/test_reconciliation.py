"""The rules of reconciliation, drawn: reports in, estimates out. docs/methodology.md quotes these tables."""

from __future__ import annotations

import pytest

from tests.spec.drawn import estimates, march, noticed, reconciled, roles, tidy

SPEC = {
    "one exact figure is its own estimate": (
        "12 sohr 683",
        "12 683 683 683 single_source",
    ),
    "many carriers of one origin's figure are one statement": (
        """
        12 sohr 683
        12 afp<sohr 683
        12 reuters<sohr 683
        """,
        "12 683 683 683 single_source",
    ),
    "an origin's later total replaces its earlier one": (
        """
        11 afp<sohr 658
        12 afp<sohr 683
        """,
        """
        11 658 658 658 single_source
        12 683 683 683 single_source
        """,
    ),
    "over N starts at N + 1 and has no ceiling": (
        "12 sohr over 740",
        "12 741 - - single_source",
    ),
    "about N counts N, and its width goes to the range": (
        "12 sohr about 700",
        "12 630 700 770 single_source",
    ),
    "a low that a part of the whole lifts below its count is no contest": (
        """
        11 reuters at least 8
        12 afp 14
        12 afp 11 area=SY0602
        """,
        """
        11 8 - - single_source
        12 11 14 14 single_source
        """,
    ),
    "nor does it keep two who meet from bearing each other out": (
        """
        11 reuters at least 8
        12 afp 14
        12 anadolu 14
        12 afp 11 area=SY0602
        """,
        """
        11 8 - - single_source
        12 11 14 14 corroborated
        """,
    ),
    "a number without a date caps nothing, and is in the range of the day by which it was public": (
        """
        8 sohr 683
        none snhr 900 pub=none public=8
        """,
        "08 683 683 900 contested",
    ),
    "a range of numbers counts its lower end": (
        "12 sohr 600–700",
        "12 600 600 700 single_source",
    ),
    "a loose number that an exact one by then lies within is another wording of it": (
        """
        11 sohr 1,614
        12 sohr about 1,600
        13 sohr almost 1,700
        """,
        "11 1614 1614 1614 single_source",
    ),
    "an exact number is heard before a loose one of the same day that more carry": (
        """
        12 afp<sohr almost 1,500
        12 reuters<sohr almost 1,500
        12 snhr<sohr 1,479
        """,
        "12 1479 1479 1479 single_source",
    ),
    "a count that ended and one that began anew after that make at least both together": (
        """
        8 sohr 400
        12 sohr 300 from=10
        14 sohr 350 from=10
        """,
        """
        08 400 400 400 single_source
        12 700 - - single_source
        14 750 - - single_source
        12 300 300 300 single_source
        14 350 350 350 single_source
        """,
    ),
    "while the first one goes on, the later is a part of it": (
        """
        8 sohr 400
        12 sohr 300 from=10
        12 sohr 650
        """,
        """
        08 400 400 400 single_source
        12 650 650 650 single_source
        12 300 300 300 single_source
        """,
    ),
    "of two bulletins of one day the later one stands, by the clock of UTC": (
        """
        8 sohr 311 clock=07:00Z
        8 sohr 290 clock=21:30-05:00
        8 sohr 305 clock=20:00+03:00
        """,
        "08 290 290 290 single_source",
    ),
    "without their times the higher one does": (
        """
        8 sohr 311
        8 sohr 290
        """,
        "08 311 311 311 single_source",
    ),
    "what an origin publishes later of the same day takes the place of what it published before": (
        """
        10 sohr 6,300
        10 sohr 5,400 pub=20
        """,
        "10 5400 5400 5400 single_source",
    ),
    "of two contradicting counts that one outlet each carries the later one stands": (
        """
        10 afp<sohr 2,010
        12 reuters<sohr 1,980
        """,
        """
        10 - - 1980 inferred
        12 1980 1980 1980 single_source
        """,
    ),
    "a toll that grows fast is no slip, whoever carries it": (
        """
        8 afp<sohr 120
        8 reuters<sohr 120
        9 afp<sohr 240
        10 reuters<sohr 460
        11 afp<sohr 700
        """,
        """
        08 120 120 120 single_source
        09 240 240 240 single_source
        10 460 460 460 single_source
        11 700 700 700 single_source
        """,
    ),
    "two origins within ten per cent corroborate each other": (
        """
        12 sohr 700
        12 snhr 720
        """,
        "12 700 700 720 corroborated",
    ),
    "two origins that count nobody corroborate each other": (
        """
        12 sohr 0
        12 snhr 0
        """,
        "12 0 0 0 corroborated",
    ),
    "one is not within ten per cent of nobody": (
        """
        12 sohr 0
        12 snhr 1
        """,
        "12 0 0 1 contested",
    ),
    "nor is ten of nine": (
        """
        12 sohr 9
        12 snhr 10
        """,
        "12 9 9 10 contested",
    ),
    "an origin that has no count yet does not count nobody": (
        """
        12 sohr 0
        12 snhr at least 0
        """,
        "12 0 0 0 single_source",
    ),
    "between equal weights the lower count stands, contested, and the range shows both": (
        """
        12 sohr 700
        12 snhr 1,000
        """,
        "12 700 700 1000 contested",
    ),
    "a count that stands goes before one its origin has left, beside a whole of equal weight": (
        """
        8 sohr 745
        10 sohr 1,068
        10 snhr 779 pop=all
        """,
        """
        08 745 745 745 single_source
        10 779 1068 1068 contested
        """,
    ),
    "unless a later day comes to fewer": (
        """
        8 sohr 745
        10 sohr 1,068
        10 snhr 779 pop=all
        12 snhr 900
        12 snhr 900 pop=all
        """,
        """
        08 745 745 745 single_source
        10 745 745 1068 contested
        12 900 900 1068 contested
        """,
    ),
    "one more than an origin had counted is no count anew: it still caps what others say": (
        """
        12 sohr 186
        13 snhr over 400
        20 sohr at least 187
        """,
        """
        12 186 186 186 single_source
        20 187 - - single_source
        """,
    ),
    "far more than it had counted leaves room for whatever others say": (
        """
        12 sohr 186
        13 snhr over 400
        20 sohr at least 210
        """,
        """
        12 186 186 186 single_source
        20 401 - - single_source
        """,
    ),
    "of three counts the weighted median decides, and a light one has no say in the range": (
        """
        12 sohr 700
        12 snhr 720
        12 reuters 900
        """,
        "12 700 720 720 corroborated",
    ),
    "a verified minimum is a floor and moves nothing above it": (
        """
        11 ohchr at least 111 std=verified
        12 sohr 1,383
        """,
        """
        11 111 - - single_source
        12 111 1383 1383 single_source
        """,
    ),
    "a verified number is a minimum, not a vote for itself": (
        """
        12 ohchr 111 std=verified
        12 sohr 1,383
        """,
        "12 111 1383 1383 single_source",
    ),
    "civilians and one armed side together raise everyone, though nobody counts the combatants": (
        """
        12 sohr 315
        12 sohr 16 pop=security_forces
        12 snhr 320 pop=all
        """,
        "12 320 331 331 contested",
        {"pop": "all"},
    ),
    "who leaves room for everyone takes no side in a contest": (
        """
        12 sohr 700
        12 afp 1,400
        12 reuters 1,410
        12 snhr at least 10
        12 ohchr at least 10
        """,
        "12 10 700 1410 contested",
    ),
    "a floor below the count supports it and pulls nothing down": (
        """
        11 snhr at least 500
        12 sohr 683
        """,
        """
        11 500 - - single_source
        12 500 683 683 single_source
        """,
    ),
    "a floor of an origin of little weight is shown and served nowhere": (
        """
        11 sohr 683
        12 afp at least 900
        """,
        "11 683 683 683 single_source",
    ),
    "a floor of equal weight above the only count leaves at least": (
        """
        11 sohr 683
        12 snhr at least 900
        """,
        """
        11 683 683 683 single_source
        12 900 - - single_source
        """,
    ),
    "a floor more than twice a count of equal weight makes it contested": (
        """
        11 sohr 300
        12 snhr at least 900
        """,
        """
        11 300 300 300 single_source
        12 300 300 300 contested
        """,
    ),
    "floors alone give at least, and no best": (
        """
        12 sohr at least 100
        12 afp at least 300
        """,
        "12 100 - - single_source",
    ),
    "a ceiling alone gives at most": (
        "12 sohr up to 60",
        "12 - - 60 single_source",
    ),
    "a floor and a ceiling of two origins give both ends": (
        """
        12 sohr at least 19
        13 afp up to 28
        """,
        """
        12 19 - - single_source
        13 19 - 28 single_source
        """,
    ),
    "nobody says what room a ceiling leaves that was overtaken": (
        """
        11 snhr up to 5
        12 sohr at least 23
        """,
        """
        11 - - 5 single_source
        12 - - - contested
        """,
    ),
    "a count of the whole that a part overtook says nothing of the rest": (
        """
        11 snhr 16 area=x-coast
        13 sohr at least 21 area=SY0602
        30 anonymous 40
        """,
        """
        11 - - 16 inferred
        13 21 - - inferred
        """,
    ),
    "a low lifted above all that is said at most is open above": (
        """
        11 afp up to 20
        12 sohr at least 33 area=SY0602
        """,
        """
        11 - - 20 single_source
        12 33 - - contested
        """,
    ),
    "whoever speaks later makes nobody light before": (
        """
        11 sana 14
        11 scm 14
        13 sohr at least 5
        """,
        """
        11 14 14 14 corroborated
        13 14 14 14 single_source
        """,
    ),
    "nobody in particular is heard where nobody else speaks": (
        "12 anonymous 4,000",
        "12 4000 4000 4000 single_source",
    ),
    "nobody in particular changes nothing where a named origin speaks": (
        """
        12 sohr 683
        12 anonymous more than 4,000
        """,
        "12 683 683 683 single_source",
    ),
    "nobody in particular is not heard of a whole of which a named origin counts a part": (
        """
        12 sohr 100 area=SY0602
        12 anonymous 4,000
        """,
        "12 100 - - inferred",
    ),
    "a projection is not heard where a count is": (
        """
        12 sohr 683
        12 snhr 18,000 std=estimate
        """,
        "12 683 683 683 single_source",
    ),
    "a projection is heard where nothing else is": (
        "12 snhr 18,000 std=estimate",
        "12 18000 18000 18000 single_source",
    ),
    "an outlet's own number that is a monitor's is its echo": (
        """
        12 sohr 683
        13 afp 683
        """,
        "12 683 683 683 single_source",
    ),
    "a single copy of more than twice and ten of what was counted is a slip": (
        """
        11 sohr 683
        12 afp<sohr 6,830
        """,
        "11 683 683 683 single_source",
    ),
    "a single leap that the origin does not confirm is a slip": (
        """
        10 sohr 100
        11 afp<sohr 1,000
        12 sohr 110
        """,
        """
        10 100 100 100 single_source
        12 110 110 110 single_source
        """,
    ),
    "a single leap that the origin confirms later stands": (
        """
        8 sohr 237
        9 afp<sohr 745
        10 sohr 830
        """,
        """
        08 237 237 237 single_source
        09 745 745 745 single_source
        10 830 830 830 single_source
        """,
    ),
    "a single copy of a lower number, later, is stale": (
        """
        10 sohr 545
        11 sohr 658
        12 afp<sohr 600
        """,
        """
        10 545 545 545 single_source
        11 658 658 658 single_source
        """,
    ),
    "a number repeated later keeps its first day": (
        """
        10 sohr 545
        11 sohr 658
        12 afp<sohr 545
        """,
        """
        10 545 545 545 single_source
        11 658 658 658 single_source
        """,
    ),
    "where the origin itself goes down, its earlier count was revised": (
        """
        10 sohr 700
        12 sohr 650
        """,
        """
        10 - - 650 inferred
        12 650 650 650 single_source
        """,
    ),
    "what an origin itself says on two days is its last word, however long it had counted more": (
        """
        8 sohr 700
        9 sohr 710
        10 sohr 720
        11 sohr 640
        12 sohr 640
        """,
        """
        08 - - 640 inferred
        11 640 640 640 single_source
        """,
    ),
    "so it is where it comes back to a number of its own": (
        """
        8 sohr 600
        9 sohr 640
        10 sohr 710
        11 sohr 720
        12 sohr 640
        13 sohr 640
        """,
        """
        08 600 600 600 single_source
        09 640 640 640 single_source
        """,
    ),
    "days of which one is a floor come to a floor": (
        """
        6 sohr 20 basis=increment from=6
        7 sohr at least 16 basis=increment from=7
        """,
        """
        06 20 20 20 single_source
        07 36 - - single_source
        """,
    ),
    "but one day of fewer may be a slip": (
        """
        8 sohr 700
        9 sohr 710
        10 sohr 72
        """,
        """
        08 700 700 700 single_source
        09 710 710 710 single_source
        """,
    ),
    "one lower count of its own that may be a correction widens the range": (
        """
        8 sohr 880
        9 sohr 900
        10 sohr 700
        """,
        """
        08 700 880 880 single_source
        09 700 900 900 single_source
        """,
    ),
    "until the origin counts more again": (
        """
        8 sohr 880
        9 sohr 900
        10 sohr 700
        11 sohr 910
        """,
        """
        08 880 880 880 single_source
        09 900 900 900 single_source
        11 910 910 910 single_source
        """,
    ),
    "what others carry of it as late does not": (
        """
        8 sohr 880
        9 sohr 900
        10 afp<sohr 700
        """,
        """
        08 880 880 880 single_source
        09 900 900 900 single_source
        """,
    ),
    "and so may two, if it counts more again": (
        """
        8 sohr 700
        9 sohr 710
        10 sohr 715
        11 sohr 72
        12 sohr 73
        13 sohr 730
        """,
        """
        08 700 700 700 single_source
        09 710 710 710 single_source
        10 715 715 715 single_source
        13 730 730 730 single_source
        """,
    ),
    "where two carriers give the lower one later, the earlier count was revised": (
        """
        10 afp<sohr 700
        10 reuters<sohr 700
        12 afp<sohr 650
        12 reuters<sohr 650
        """,
        """
        10 - - 650 inferred
        12 650 650 650 single_source
        """,
    ),
    "the whole's number that few give to a part is misplaced": (
        """
        8 afp<sohr 300
        8 afp<sohr 200 area=SY10
        9 afp<sohr 745
        9 afp<sohr 745 area=SY06|SY10
        9 reuters<sohr 745 area=SY06|SY10
        9 ohchr<sohr 745 area=SY06|SY10
        11 afp<sohr 658
        """,
        """
        08 300 300 300 single_source
        11 658 658 658 single_source
        """,
    ),
    "a part below its whole changes nothing of it": (
        """
        11 sohr 500
        12 sohr 100 area=SY0602
        """,
        "11 500 500 500 single_source",
    ),
    "parts that come to more than an older whole raise it to their sum": (
        """
        8 sohr 400 pop=all
        12 sohr 300
        12 sohr 250 pop=combatants
        """,
        """
        08 400 400 400 single_source
        12 400 550 550 contested
        """,
        {"pop": "all"},
    ),
    "parts of three origins that weigh enough raise the whole to their sum": (
        """
        12 sohr 400
        12 snhr 300 area=SY10
        12 snhr 650 area=SY06|SY10
        """,
        "12 650 700 700 contested",
        {"area": "x-coast"},
    ),
    "parts of little weight do not bend the whole": (
        """
        12 afp 400
        12 afp 300 area=SY10
        12 sohr 650 area=SY06|SY10
        """,
        "12 650 650 650 single_source",
        {"area": "x-coast"},
    ),
    "a weighty count of the whole pushes below a light count of the part, and it is contested": (
        """
        12 sohr 500 area=SY06|SY10
        12 afp 900
        """,
        "12 - - 900 contested",
    ),
    "a light floor stands on where its origin counts far more than the others leave room for": (
        """
        07 anadolu at least 26
        11 sohr up to 67
        14 anadolu 279
        """,
        """
        07 26 - - single_source
        11 26 - 67 single_source
        14 26 - 279 contested
        """,
    ),
    "days without a gap add up to a count": (
        """
        6 sohr 10 basis=increment from=6
        7 sohr 15 basis=increment from=7
        """,
        """
        06 10 10 10 single_source
        07 25 25 25 single_source
        """,
    ),
    "days with a gap add up to a floor": (
        """
        7 sohr 15 basis=increment from=7
        9 sohr 5 basis=increment from=9
        """,
        """
        07 15 - - single_source
        09 20 - - single_source
        """,
    ),
    "a floor that those who hold the whole leave no room for is contested": (
        """
        11 sohr 150 area=SY06|SY10
        12 afp at least 231
        """,
        """
        11 - - 150 inferred
        12 - - 150 contested
        """,
    ),
    "of equal weights the whole's count decides over a floor of its part too": (
        """
        12 snhr 150 area=SY06|SY10
        12 sohr at least 231
        """,
        "12 - - 150 contested",
    ),
    "a copy says nothing of which of two own numbers of a day is the newer": (
        """
        12 sohr 160
        12 sohr 190
        12 afp<sohr 160
        """,
        "12 190 190 190 single_source",
    ),
    "what is about a number leaves room for its width": (
        """
        12 sohr 1,479
        12 ohchr about 1,400 std=official area=SY06|SY10
        """,
        "12 1479 1479 1479 single_source",
    ),
    "a floor stands whatever a heavier origin says later that leaves room for it": (
        """
        08 afp 300
        09 afp over 700
        16 sohr 1,383
        """,
        """
        08 300 300 300 single_source
        09 701 - - single_source
        16 701 1383 1383 single_source
        """,
    ),
    "a floor goes where a heavier origin counts fewer later": (
        """
        08 afp over 700
        16 sohr 500
        """,
        """
        08 - - 500 contested
        16 500 500 500 single_source
        """,
    ),
    "of wordings of one number the most carried is heard": (
        """
        12 afp<sohr over 2,300
        12 reuters<sohr over 2,300
        12 bbc<sohr about 2,300
        12 cnn<sohr 2,300
        """,
        "12 2301 - - single_source",
    ),
    "of wordings carried alike the exact one": (
        """
        12 afp<sohr 2,300
        12 reuters<sohr over 2,300
        """,
        "12 2300 2300 2300 single_source",
    ),
    "the origin's own wording before any number of carriers": (
        """
        12 sohr over 2,300
        12 afp<sohr 2,300
        12 reuters<sohr 2,300
        """,
        "12 2301 - - single_source",
    ),
    "a later lower count caps the range of earlier days": (
        """
        11 sohr 700
        11 snhr 720
        15 sohr 730
        15 snhr 640
        """,
        """
        11 - - 700 contested
        15 640 640 730 contested
        """,
    ),
    "a whole's low is what its places have at least together, up to its count": (
        """
        12 sohr 400
        12 sohr 300 area=SY10
        12 sohr 700 area=SY06|SY10
        12 snhr about 760 area=SY06|SY10
        """,
        "12 700 700 836 corroborated",
        {"area": "x-coast"},
    ),
    "a floor that they leave room for is not": (
        """
        11 sohr 150 area=SY06|SY10
        12 afp at least 131
        """,
        """
        11 - - 150 inferred
        12 131 - - single_source
        """,
    ),
    "a number without any date stands behind the newest day that anybody counted to": (
        """
        11 sohr 650
        12 sohr 683
        none snhr 900 pub=none
        """,
        """
        11 650 650 650 single_source
        12 683 900 900 single_source
        """,
    ),
    "a higher number of the same origin without any date overtakes its newest count on that day": (
        """
        12 sohr 683
        none sohr 700 pub=none
        none afp<sohr 700 pub=none
        """,
        "12 700 700 700 single_source",
    ),
    "an undated number is a floor and no ceiling": (
        """
        none sohr 500 pub=none
        12 snhr 683
        """,
        "12 683 683 683 single_source",
    ),
    "where no report has a date, an undated number stands from the day it was recorded": (
        "none sohr 500 pub=none",
        "01 500 500 500 single_source",
    ),
    "an undated number that was public by a day is a floor from that day and no ceiling": (
        """
        none sohr 500 pub=none public=10
        12 snhr 683
        """,
        """
        10 500 500 500 single_source
        12 500 683 683 single_source
        """,
    ),
    "a dated count says what an undated number of its origin, public by an earlier day, can have meant": (
        """
        08 sohr 300
        none sohr 700 pub=none public=10
        12 sohr 683
        """,
        """
        08 300 300 300 single_source
        12 683 683 683 single_source
        """,
    ),
    "a count that was public by a day stands for the day it counts to": (
        """
        10 sohr 545 pub=none public=11
        11 sohr 658
        """,
        """
        10 545 545 545 single_source
        11 658 658 658 single_source
        """,
    ),
    "a carrier's word for the people is read as the origin defines it": (
        """
        12 sohr 683
        12 afp<sohr 683 pop=alawite_civilians
        """,
        "12 683 683 683 single_source",
    ),
    "a withdrawn report has no part in the figure": (
        """
        11 sohr 658
        12 sohr 683 withdrawn=mistake
        """,
        "11 658 658 658 single_source",
    ),
    "a figure that its origin took back is in no account, whoever carries it": (
        """
        14 sohr 683
        14 snhr 11,300
        15 afp<snhr 11,300
        15 reuters<snhr more than 11,300
        17 ohchr<snhr 11,300 basis=retraction
        """,
        "14 683 683 683 single_source",
    ),
    "nor is a copy of it that names nobody": (
        """
        14 sohr 683
        14 afp<snhr 11,300
        15 reuters 11,300
        17 snhr 11,300 basis=retraction
        """,
        "14 683 683 683 single_source",
    ),
    "what a carrier no longer gives the origin stands by, and so do other carriers": (
        """
        14 sohr 683
        14 afp<sohr 683
        14 afp<snhr 900
        15 reuters<snhr 900
        17 afp<sohr 683 basis=removal
        17 reuters<snhr 900 basis=removal
        """,
        "14 683 683 900 contested",
    ),
    "where its only carrier no longer gives a figure, nobody does": (
        """
        14 sohr 683
        14 afp<snhr 11,300
        17 afp<snhr 11,300 basis=removal
        """,
        "14 683 683 683 single_source",
    ),
    "another figure of the same origin stands, and so does what it publishes itself after taking back": (
        """
        13 snhr 900
        14 afp<snhr 11,300
        17 snhr 11,300 basis=retraction
        20 snhr 11,300
        """,
        """
        13 900 900 900 single_source
        20 11300 11300 11300 single_source
        """,
    ),
    "a retraction of the whole takes nothing back of a part": (
        """
        14 snhr 683
        17 snhr 683 area=x-coast basis=retraction
        """,
        "14 683 683 683 single_source",
    ),
    "single days can be taken back too": (
        """
        6 sohr 10 basis=increment from=6
        7 sohr 99 basis=increment from=7
        8 sohr 99 basis=retraction
        """,
        "06 10 10 10 single_source",
    ),
    "a retraction that is withdrawn takes nothing back": (
        """
        14 snhr 683
        17 snhr 683 basis=retraction withdrawn=mistake
        """,
        "14 683 683 683 single_source",
    ),
    "a count overtaken by an equal origin allows for twice as many and ten more": (
        """
        10 sohr 300
        12 snhr 500
        """,
        """
        10 300 300 300 single_source
        12 300 500 500 single_source
        """,
    ),
}
"""By the rule it shows: report lines, the estimate lines that follow, and what to ask for if not the
civilians of Latakia."""


@pytest.mark.parametrize("case", SPEC.values(), ids=SPEC)
def test_the_figures_follow_from_the_reports(case):
    drawing, expected, *asked = case
    assert estimates(drawing, **(asked[0] if asked else {})) == tidy(expected)


METHODS = {
    "median/2": "12 700 720 900",
    "range/2": "12 700 - 900",
    "ucdp/2": "12 700 700 900",
    "latest:snhr/2": "12 720 720 720",
    "least-disagreement/2": "12 700 720 720",
}


@pytest.mark.parametrize("method", METHODS)
def test_each_named_method_makes_its_own_count_of_the_same_accounts(method):
    rows = estimates("12 sohr 700\n12 snhr 720\n12 reuters 900", method=method)
    assert rows.rsplit(" ", 1)[0] == METHODS[method]


def test_one_origin_alone_has_no_lowest_and_highest():
    assert estimates("12 sohr 700", method="range/2") == ""


def test_what_is_known_grows_with_the_day_of_knowledge():
    drawing = "11 afp<sohr 658\n12 afp<sohr 683\n10 afp<sohr 545 pub=20"
    assert estimates(drawing, as_of=march("11")) == "11 658 658 658 provisional"
    assert estimates(drawing, as_of=march("20")).splitlines()[0] == "10 545 545 545 single_source"


def test_a_figure_stands_until_the_day_on_which_it_is_taken_back():
    drawing = "14 sohr 683\n14 snhr 11,300\n14 afp 900\n17 ohchr<snhr 11,300 basis=retraction"
    assert estimates(drawing, as_of=march("16")) == estimates(
        "14 sohr 683\n14 snhr 11,300\n14 afp 900", as_of=march("16")
    )
    assert "11300" not in estimates(drawing, as_of=march("17"))


def test_each_retraction_says_how_many_reports_it_takes_back():
    drawing = """
        14 snhr 11,300
        14 afp<snhr 11,300
        17 ohchr<snhr 11,300 basis=retraction
        18 snhr 11,300 basis=retraction
        18 sohr 5,000 basis=retraction
        """
    findings = noticed(drawing)
    assert {found.code for found in findings} == {"retraction"}
    assert sorted((str(found.severity), found.message.partition("(civilians)")[2]) for found in findings) == [
        ("info", ": 2 reports carry it."),
        ("info", ": 2 reports carry it."),
        ("warning", ", and no report carries it."),
    ]


ROLES = {
    "counted, and its copies echoes": (
        "12 sohr 683\n12 afp<sohr 683",
        {"sohr 683": "counted", "afp 683": "echo"},
    ),
    "superseded by the newer figure": (
        "11 sohr 658\n12 sohr 683",
        {"sohr 658": "superseded", "sohr 683": "counted"},
    ),
    "a lower bound is a bound": ("12 sohr over 740", {"sohr over 740": "bound"}),
    "another number of the same day is an echo": (
        "12 sohr 683\n12 afp<sohr 670",
        {"sohr 683": "counted", "afp 670": "echo"},
    ),
    "misplaced": (SPEC["the whole's number that few give to a part is misplaced"][0],
                  {"afp 300": "superseded", "afp 745": "misplaced", "afp 658": "counted"}),
    "slip": ("11 sohr 683\n12 afp<sohr 6,830", {"sohr 683": "counted", "afp 6,830": "slip"}),
    "stale": ("10 sohr 545\n11 sohr 658\n12 afp<sohr 600",
              {"sohr 545": "superseded", "sohr 658": "counted", "afp 600": "stale"}),
    "revised": ("10 sohr 700\n12 sohr 650", {"sohr 700": "revised", "sohr 650": "counted"}),
    "withdrawn": ("11 sohr 658\n12 sohr 683 withdrawn=mistake",
                  {"sohr 658": "counted", "sohr 683": "withdrawn"}),
    "disowned, with its copies and echoes": (
        "10 sohr 683\n10 afp<snhr 11,300\n11 reuters 11,300\n12 snhr 11,300 basis=retraction",
        {"sohr 683": "counted", "afp 11,300": "disowned", "reuters 11,300": "disowned",
         "snhr 11,300": "retraction"},
    ),
    "nameless beside a named origin": (
        "12 sohr 683\n12 anonymous more than 4,000",
        {"sohr 683": "counted", "anonymous more than 4,000": "bound"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "population", "is_heard"),
    [("40", "civilians", False), ("39", "combatants", False), ("40", "combatants", True)],
    ids=["one more of the same people", "the very number of others", "one more of others"],
)
def test_one_more_is_taken_for_a_copy_of_the_same_people_alone(
    said: str, population: str, is_heard: bool
) -> None:
    drawing = f"12 sohr 39\n13 afp {said} pop={population}"
    found = estimates(drawing, pop=population).splitlines()
    assert any(line.startswith(f"13 {said} {said} {said}") for line in found) == is_heard


@pytest.mark.parametrize("more", ["basis=increment", "event=e1"], ids=["days", "events"])
@pytest.mark.parametrize(("as_of", "grade"), [("12", "provisional"), ("31", "single_source")])
def test_a_sum_is_provisional_while_it_is_new(more: str, as_of: str, grade: str) -> None:
    found = estimates(f"9 sohr 5 {more}\n11 sohr 7 {more.replace('e1', 'e2')}", as_of=march(as_of))
    assert found.splitlines()[-1].startswith("11 ") and found.endswith(grade)


def test_a_figure_dated_by_inference_is_provisional_while_it_is_new() -> None:
    drawing = "10 sohr 545 pub=none public=11"
    for as_of, grade in (("12", "provisional"), ("31", "single_source")):
        assert estimates(drawing, as_of=march(as_of)) == f"10 545 545 545 {grade}"


def test_among_carriers_of_one_day_the_one_with_a_date_stands_for_the_statement() -> None:
    for undated in ("afp", "zdf"):  # whichever way their ids fall
        drawing = f"10 {undated}<sohr 545 pub=none public=10\n10 reuters<sohr 545"
        assert roles(drawing, on="10") == {"reuters 545": "counted", f"{undated} 545": "echo"}


def test_a_lower_last_word_is_told_as_what_the_range_takes_in() -> None:
    drawing = "8 sohr 880\n9 sohr 900\n10 sohr 700"
    assert roles(drawing, on="10") == {"sohr 880": "superseded", "sohr 900": "counted", "sohr 700": "bound"}
    (found,) = noticed(drawing)
    assert found.code == "revised_down"
    assert "its origin's own latest number, below the 900 before" in str(found.message)


def test_what_speaks_for_a_number_is_a_report_that_words_it_as_it_is_heard() -> None:
    drawing = "12 afp<sohr up to 2000\n13 reuters<sohr over 2000\n14 network<sohr over 2000"
    assert estimates(drawing) == "12 2001 - - single_source"
    said = roles(drawing, on="14")
    assert said.pop("afp up to 2000") == "echo"
    assert sorted(said.values()) == ["bound", "echo"]


def test_a_bound_is_told_as_the_floor_or_the_ceiling_that_it_is() -> None:
    rows = reconciled("12 sohr over 740\n12 snhr up to 900").evidence.to_pylist()
    assert {row["reason"] for row in rows} == {
        "its origin's current statement, a lower bound",
        "its origin's current statement, an upper bound",
    }


def test_a_lower_figure_is_told_beside_what_its_origin_stood_at_by_then() -> None:
    drawing = """
        7 sohr 45
        9 sohr 54
        10 afp<sohr 34
        """
    rows = reconciled(drawing).evidence.to_pylist()
    told = [row["reason"] for row in rows if row["role"] == "stale"]
    assert told == ["a lower figure of its origin, which stood at 54 by then"]


@pytest.mark.parametrize("case", ROLES.values(), ids=ROLES)
def test_every_report_has_its_role(case):
    drawing, expected = case
    assert roles(drawing, on="12") == expected


@pytest.mark.parametrize(
    ("who", "ending"),
    [
        ("snhr", "the whole was raised to the sum"),
        ("afp", "those who hold the whole weigh more, so nothing was raised"),
    ],
)
def test_parts_above_their_whole_are_found_and_what_came_of_it(who, ending):
    drawing = f"10 {who} 400\n10 {who} 300 area=SY10\n10 sohr 650 area=SY06|SY10"
    [found] = [f for f in noticed(drawing) if f.code == "more_than_its_whole"]
    assert "stood at 650 on 2025-03-10, its parts together at 700, 50 more" in found.message
    assert found.message.endswith(f": {ending}.")
    assert found.fix


@pytest.mark.parametrize(("count", "grade"), [(340, "single_source"), (500, "contested")])
def test_a_whole_is_contested_where_its_parts_come_to_more_than_a_tenth_more(count, grade):
    drawing = f"10 afp {count}\n10 afp 370 area=SY10\n10 sohr 650 area=SY06|SY10"
    assert estimates(drawing, area="x-coast", as_of=march("25")) == f"10 650 650 650 {grade}"
    assert estimates(drawing, area="SY06", as_of=march("25")).endswith("contested")


def test_no_finding_says_that_a_whole_was_raised_which_its_own_whole_keeps_below_the_sum():
    drawing = """
        7 snhr 400
        7 snhr 300 area=SY10
        7 sohr 650 area=SY06|SY10 pop=all
        9 anonymous 9000 area=SY06|SY10
        """
    assert estimates(drawing, area="x-coast") == "07 650 - - inferred"
    said = [found.message for found in noticed(drawing) if found.code == "more_than_its_whole"]
    assert len(said) == 2 and all("parts together at 700" in each for each in said)
    assert all(each.endswith("nothing was raised.") for each in said)


def test_an_origin_weighs_its_kind_times_the_standard_it_works_to():
    drawing = "10 ohchr 700 std=unverified\n10 snhr 680\n10 afp 650 std=verified\n10 anonymous 500"
    evidence = reconciled(drawing).evidence.to_pylist()
    weights = {row["origin_id"]: row["weight"] for row in evidence if row["weight"]}
    assert weights == {"ohchr": 4 * 4, "snhr": 4 * 3, "afp": 2 * 1}


RAISED = {
    "a whole below the sum of its parts": (
        """
        10 snhr 650 area=x-coast
        11 sohr 400
        11 snhr 300 area=SY10
        """,
        ["10 650 False", "11 700 True"],
    ),
    "until it is counted itself": (
        """
        10 snhr 650 area=x-coast
        11 sohr 400
        11 snhr 300 area=SY10
        12 snhr 720 area=x-coast
        """,
        ["10 650 False", "11 700 True", "12 720 False"],
    ),
    "a whole above its parts": (
        """
        10 snhr 800 area=x-coast
        11 sohr 400
        11 snhr 300 area=SY10
        """,
        ["10 800 False"],
    ),
    "above what was said at most": (
        """
        10 snhr up to 16 area=x-coast
        11 sohr at least 21
        """,
        ["10 None False", "11 21 True"],
    ),
    "and not below it": (
        """
        10 snhr up to 60 area=x-coast
        11 sohr at least 21
        """,
        ["10 None False", "11 21 False"],
    ),
    "its least, where it has no best": (
        """
        10 snhr at least 100 area=x-coast
        11 sohr at least 400
        """,
        ["10 100 False", "11 400 True"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED)
def test_a_row_says_where_its_figure_was_raised_to_its_parts(case):
    drawing, expected = case
    rows = reconciled(drawing).estimates.to_pylist()
    found = [
        f"{row['date'].day} {row['best'] or row['low']} {row['is_raised']}"
        for row in rows
        if row["areas"] == "x-coast"
    ]
    assert found == expected


def test_a_sum_is_told_even_where_a_part_of_it_is_inferred():
    """Latakia's only number for all is nobody's and is not heard, so its figure is that of its civilians."""
    drawing = """
        10 snhr 100 area=x-coast pop=all
        10 sohr 80
        10 anonymous 500 pop=all
        10 sohr 60 area=SY10 pop=all
    """
    assert estimates(drawing, pop="all").split()[1:3] == ["80", "-"]
    [told] = [f for f in noticed(drawing) if f.code == "more_than_its_whole"]
    assert "stood at 100 on 2025-03-10, its parts together at 140" in told.message
    assert told.message.endswith("not all of these parts are counts that stand, so nothing was raised.")


def test_parts_far_above_an_older_whole_are_told_though_they_have_no_figure():
    """What is counted in Latakia lies above what all who count the whole allow: no figure stands there."""
    drawing = """
        8 snn 14 area=x-coast
        9 anadolu 20 area=x-coast
        12 sana 60
        12 sana 15 area=SY10
    """
    assert estimates(drawing).endswith("12 - - 60 contested")
    [told] = [f for f in noticed(drawing) if f.code == "more_than_its_whole"]
    assert "stood at 20 on 2025-03-12, its parts together at 75, 55 more" in told.message
    assert told.message.endswith("so nothing was raised.")


def test_what_a_light_voice_counts_in_a_part_is_no_sum_above_the_whole():
    drawing = """
        9 snhr 20 area=x-coast
        10 anonymous 60
        12 snhr 5 area=SY10
    """
    assert "more_than_its_whole" not in {found.code for found in noticed(drawing)}
