"""English, as reports of casualties are written in it. Data only."""

from __future__ import annotations

from service.ingest.draft.languages.nationals import NATIONALITIES, english_nationals
from service.ingest.draft.languages.table import Language
from service.vocabulary import Measure

_BEFORE_A_MONTH = (
    r"\d", r"\dst", r"\dnd", r"\drd", r"\dth",
    "in", "of", "by", "mid", "late", "last", "early", "since", "until",
)  # fmt: skip
_NOT_A_MONTH = "".join(rf"(?<!{word} )" for word in _BEFORE_A_MONTH)
_MAY = rf"{_NOT_A_MONTH}may(?! \d)"
"""The verb, and not the month: "12 May", "May 12", "in May"."""
_PEOPLE = (
    "Syrians?|Alawis?|suspects?|shepherds?|widows?|orphans?|tribes(?:men|people)|Druze|Kurds?|Sunnis?"
    "|Shiites?"
    "|lawyers|tourists?|athletes?|nuns?|imams?|bystanders?|pedestrians?|survivors?|mothers?|fathers?|"
    "women|men|wom[ae]n|m[ae]n|boys?|girls?|babies|infants?|pensioners?"
    "|(?:school)?child(?:ren)?"
    "|teenagers?|farmers?|drivers?|recruits?|villagers?|locals?|minors?|martyrs?|souls?|guards?|relatives"
    "|wives|parents?|sons?|daughters?|brothers?|sisters?|cousins?|siblings?|twins?|priests?|monks?|pilgrims?"
    "|students?|teachers?|workers?|journalists?|volunteers?|rescuers?|officers?|comrades?|colleagues?|cadets?"
    "|families of|hostages?|captives?|arrivals|returnees|evacuees|patients?|casualties|cases|remains|others?"
    "|more people|staff(?: members)?|civil servants?|employees?|aid workers?|bodyguards?|sheikhs?|clerics?"
    "|names|killings|abductions|arrests|executions|murders|kidnappings|injuries|pharmacists?|prisoners?"
)
_ONE = (
    "soldier|policeman|policewoman|police officer|officer|conscript|recruit|guard|gunman|fighter|militant"
    "|militiaman"
    "|doctor|nurse|medic|paramedic|pharmacist|surgeon|civilian|child|infant|baby|toddler|woman|girl|boy|man"
    "|person"
    "|(?:aid|relief|health|medical|migrant) worker|teenager|minor|foreigner|(?:foreign )?(?:national|citizen)"
    "|(?:" + "|".join(each.english for each in NATIONALITIES) + ")(?! [a-z]+s\\b)"
)
_HIT = (
    "killed|dead|shot dead|wounded|injured|hurt|missing"
    "|abducted|kidnapped|detained|arrested|beheaded|executed"
)
_WAS = "(?:was|were|is|are|has been|have been|had been)"
_ASSAD = "(?:Assad|former|old|ousted|deposed|toppled|fallen)"

ENGLISH = Language(
    code="en",
    name="English",
    locales=("en",),
    common="the of and to is are was were has have had been be by for from with that this it its they"
        " their who"
    " when while where later outside inside into off out over about near some there other others people an"
    " said after before than more least over not but at in on",
    number_joint="(?: and |[ -])",
    people=_PEOPLE + "|\\w+(?:ists|ians|ees|eers)|\\w{2,}(?:[^aeiou]|u|i|y)ers|\\w+[st]ors",
    things="shelters|containers|cent(?:er|re)s|mortars|trailers|tankers|towers|quarters|craters|orders"
        "|letters|papers|sectors|reactors|motors|tractors|computers|trees|committees|animals|cows|cattle"
        "|sheep|goats|chickens|livestock"
    "|[ap]\\.?m\\b|o'clock|percent|per cent|dollars?|euros?|pounds?|lire|days?|hours?|minutes?|seconds?"
    "|weeks?|months?|years?|nights?|times|kilomet\\w+|km|miles?|met(?:er|re)s?|feet|tonn?e?s?|families"
    "|famil(?:y|ies)"
    "|households?|homes?|houses?|villages?|towns?|cities|neighbou?rhoods?|areas?|places?|locations?|sites"
    "|members of the council|people interviewed",
    bare="in|at|on|of|by|for|from|and|or|as|to|with|after|before|during|near|across|over|was|were|is|are|has"
    "|have|had|who|that|this|so|since|when|while|including|alone|mostly|all|among|between|inside|outside",
    noun="\\w*[a-z]s",
    not_before="(?:report|update|bulletin|sitrep|issue|day|week|phase|aged?|page|article|resolution|chapter"
        "|number|no\\.|room|highway|road|route|version|in"
        "|since|until"
    "|by|year|late|early|mid|no|any|every|each|group of|section|unit|brigade|division|camp"
    "|aged? \\d+(?: and|,|,? or))",
    whose="(?:his|her|my|(?:he|she|who) (?:is|was|turned|turns)(?: only| just)?)",
    possible="(?:could|" + _MAY + "|might|can|would|is expected to|are expected to|(?:is|are) feared to|(?:is"
        "|are) likely"
    " to|expects?|threatens? to|risks?|projected?|forecasts?|warn(?:s|ed)? (?:that|of) up to)"
    "(?: (?:well|yet|still|even|eventually))?",
    possible_after="(?:could|may|might)(?: (?:well|yet|still|also|even))? (?:have|be)",
    relative="who|which|that|whom",
    denial="(?:is|was) (?:not true|false|wrong)|unlike"
    "|denied|denies|deny|denying|rejected|rejects|dismissed|dismisses|refuted|disputed"
        "|disputes|false (?:claims?"
    "|reports?|rumou?rs?)|untrue|could not (?:confirm|verify)|unable to (?:confirm|verify)|no evidence"
    "|retracted|withdrew",
    denial_after="(?:was|were|has been|is) (?:\\w+ )?(?:denied|disputed|rejected|dismissed|refuted"
        "|retracted|withdrawn)",
    contrast="but|which|while|whereas|however|instead|saying|and said|insisting",
    previous="up from|down from|compared (?:with|to)|(?:by|in) comparison|unlike|earlier (?:figure|toll"
        "|count|tally)"
    " of|previous (?:figure|toll|count|tally|estimate) of|instead of|rather than"
    "|contrary to(?: \\w+){0,3}|initial(?:ly)? [^,.;]{0,30}?",
    previous_after="(?:a|one|two|three) (?:days?|weeks?|hours?) (?:earlier|before|ago)|the day before"
        "|previously"
    "|earlier (?:that|in the) (?:day|week)",
    reached="to(?: (?:a total of|some|about))?|at|stood at",
    rose="(?:rose|risen|rise|climbed|increased|jumped|went|gone|grew|grown|revised|raised|corrected"
        "|changed|cut|reduced|updated|lowered|fell"
    "|dropped|up)",
    not_all="(?:only )?(?:one|none|some|most|many|all|both|half)",
    of_the="of (?:the|those|these|his|her|their|its|all)",
    share="(?:thirds?|quarters?|half|most|majority|many|some|one|none|any|all|percent|per cent|%|\\d+|two"
        "|three|four|five)"
    " of(?: the| those| its)?",
    other_deed="returned|came back|gone back|freed|released|survived|rescued|evacuated|interviewed",
    number_of="(?:number|toll|count|tally|killing|deaths?) of(?: the)?",
    conjunction="and|but|while",
    pronoun="it|they|he|she|the group|the organi[sz]ation",
    of_them="of (?:them|whom|these|those)|including|among (?:them|whom|those)|with",
    measures={
        Measure.CASUALTIES: "(?:killed|dead|killing|deaths) (?:and|or|and/or) (?:injured|wounded|injuring"
            "|wounding"
        "|injuries)|casualties",
        Measure.KILLED: "killed|killings?|kills?|dead|died|dies|deaths?|(?:death )?toll|tally"
            "|fatalities|fatally|slain"
        "|massacred|executed|executions|murdered|(?:lost|losing) their lives|lives|shot dead|victims|perished"
        "|lost(?= (?:[a-z]+ ){0,3}(?:\\d|dozens|hundreds|scores))|assassinated|beheaded|gunned down"
        "|slaughtered|fallen|(?:fell|fallen|falling) (?:in|during)|drowned|drowning|dying|burned to death"
        "|martyrs|martyred",
        Measure.INJURED: "injured|injuring|injuries|wounded|wounding|wounds|hurt",
        Measure.MISSING: "missing|unaccounted for|whereabouts|disappeared",
        Measure.DISPLACED: "displaced|displacing|fled|flee|fleeing|displacement"
        "|crossed(?: from \\w+)? into|refugees"
            "|uprooted"
        "|(?:driven|forced) from their homes|crossed the border|arrived in|(?:people|families|others"
        "|thousands|had|have|has) (?:reached|entered)(?= [a-z])|took refuge|sought refuge"
        "|taken refuge",
        Measure.DETAINED: "detained|arrested|detaining|arresting|arrests|detainees|rounded up|captured"
        "|in custody"
        "|imprisoned",
        Measure.ABDUCTED: "abducted|kidnapped|(?:took|taken|taking|dragged|led) away"
        "|took(?= (?:[a-z]+ )?(?:\\d+|[a-z]+) (?:wom|m[ae]n|girl|boy|people|passenger|villager|civilian"
        "|worker|student|hostage))|seized|snatched|abductions?|kidnappings?|kidnapping|abducting"
        "|taken hostage",
    },
    bodies="bodies|corpses|remains",
    body_actions={
        Measure.BODIES_BURIED: "buried|burying|laid to rest|interred",
        Measure.BODIES_RECOVERED: "recovered|found|retrieved|collected|pulled|dug|unearthed|exhumed"
            "|recovering"
        "|discovered",
    },
    nobody=f"(?:no ?-?one|nobody|none(?: of them)?|not one person)(?: else)?"
    f"(?= (?:{_WAS} (?:{_HIT})(?!\\w)|died))"
    f"|no(?= (?:(?!(?:who|that|which|one)\\b)\\w+ ){{1,3}}?{_WAS} (?:{_HIT})(?!\\w))"
    f"|no(?= (?:\\w+ )?(?:deaths|fatalities|injuries|dead|wounded)(?!\\w)(?! {_WAS} ))",
    single=f"an?(?= (?:[a-z-]+ )?(?:{_ONE})(?!\\w))",
    single_did=f" (?:[a-z-]+ )?(?:{_ONE})(?!\\w)(?:(?:,| and| from| in| of"
        f"| with)[^.;:]{{0,60}}?)? (?:(?:was|were|is|are|has been|have been)(?: \\w+){{0,1}}"
    f" (?:{_HIT})|died|drowned|perished|(?:was|were|is|are) among)(?!\\w)",
    nationals=english_nationals(),
    populations=(
        ("pro_assad_fighters", "(?:pro-Assad|Assad-loyal|Assad-linked|loyalist"
         "|pro-government) (?:fighters|gunmen"
         "|militants|forces|militiamen)|loyalists?|(?:fighters|gunmen|militants"
         "|insurgents)(?: who were)? (?:loyal"
         f" to|from|of) (?:\\w+ ){{0,3}}?{_ASSAD}|(?:Assad|regime) (?:loyalists|remnants)"
         "|remnants of the \\w+ (?:regime|government)|insurgents?"),
        ("security_forces", "(?:members?|personnel|officers?|elements) (?:of"
         "|from) (?:\\w+[ '’s]* ){0,3}?(?:security"
         "|army|police|forces)(?: forces| services)?|security (?:forces|personnel|members|officers|men)"
         "|soldiers?|troops|police(?: officers|men|man)|government (?:forces|troops|fighters)|conscripts"
         "|police"),
        ("aid_workers", "(?:aid|relief|humanitarian|charity|Red C[a-z]+) (?:workers?|staff|personnel"
        "|volunteers?)"),
        ("medical_personnel", "medics?|doctors?|nurses?|paramedics?|pharmacists?|surgeons?|(?:medical"
         "|health|hospital)"
         " (?:workers?|personnel|staff)"),
        ("alawite_civilians", "Alawi(?:te)? civilians?|civilian Alawites?|Alawites?|Alawi(?:te)? (?:people"
         "|residents|villagers|men|women)|civilians,? (?:most(?:ly)? )?(?:of them )?from the Alawite"),
        ("christian_civilians", "Christian civilians?|Christians?"),
        ("children", "(?:school)?children|child|minors|infants|babies|boys and girls"),
        ("female", "women and girls|girls and women"),
        ("women", "women|woman"),
        ("civilians", "civilians?|non-combatants"),
        ("combatants", "fighters?|gunmen|gunman|militants?|combatants?|armed men|militiamen"),
        ("all", "people|persons?|individuals|bodies|victims|residents|men|others|detainees|corpses"),
    ),
    both="(?:\\w+ ){0,2}(?:women and children|children and women|women and minors)",
    all_of="all(?: of)?(?: them| whom)?",
    blame="by|at the hands of|attributed to|in (?:clashes|fighting|battles) with",
    partly="(?:most(?:ly)?|many|some|several|half|mainly|largely|the majority|a majority|the bulk|nearly all)"
    "(?: of)? (?:them|whom|these|those)",
    toll_of=(("security_forces", "(?:security forces|army|police|government forces|military) (?:has "
        "|have |had )?lost"),
     ("civilians", "civilian (?:death toll|toll|deaths|dead|fatalities|victims|casualties)"),),
    level_before="(?:governorate|province|district|city|town|village|subdistrict|neighbou?rhood"
        "|region) of|rural",
    level_after="governorates?|provinces?|districts?|city|town|village|subdistrict|neighbou?rhood"
        "|countryside",
    direction="(?:(?:north|south|east|west|central)-?)+(?:ern)?|(?:north|south|east|west)[a-z-]* of",
    joint="(?:,? and |, ?|/| as well as |, as well as )(?:(?:in|at|near|around) )?(?:the )?",
    leads="(?:,|:|,? alone,?|;| (?:alone )?(?:lost|saw|suffered|mourned|buried|counted|recorded))"
    "(?: (?:where|another))?",
    close="(?: \\w+){0,2} (?:in|at|near|on|across|around|from|outside)(?: (?:the|rural|central))?",
    in_place="in|at|near|outside|around|from",
    day="\\d{1,2}(?:st|nd|rd|th)?",
    date_joint=" ?- ?| and | to | through ",
    before_month="of ",
    before_year=",? ",
    month_first=True,
    yesterday="yesterday",
    today="today",
    weekend="weekend",
    since="(?:since|from|starting|beginning|after)(?: on)?(?: the)?",
    until="(?:by|as of|until|up to|through|to|as at|till)(?: the)?(?: (?:end|evening|morning) of)?",
    in_year="in|of|the",
    cited="(?:according to|citing|quoting|quoted|cited|(?:figures|data|counts?|tally|statistics|toll"
        "|estimates?)"
    " (?:from|of|by)|(?:documented|recorded|reported|counted|verified|released|published|compiled|registered"
    "|established|confirmed|put out|put at [\\d,.]+) by|per)(?: (?:the|a|figures from|data from|sources at))*"
    "(?: [\\w-]+-based)?",
    says="said|says|reported|reports|documented|counted|recorded|put|puts|confirmed|estimated|estimates"
        "|announced"
    "|verified|told|stated|states|declared|registered|found|finds|believes?|believed|thinks|fears|assesse[sd]"
    "|calculates|calculated|tallied|notes|noted|wrote|writes|claims|claimed|acknowledged|established|gave"
    "|listed"
    "|added|adds|warned|warns|showed|shows?|identified|named|corrected|revised|raised|lowered|tracked|logged",
    handled="treated|has treated|have treated|cared for",
    one_article="an?",
    between_says="(?:later|also|earlier|has|had|have|which|chief|director|spokesman|spokeswoman"
        "|spokesperson)",
    owns="'?s? (?:count|figure|tally|figures|list|report|director|head|data|toll|database)",
    told="told(?: the)?",
    watch="the (?:[\\w-]+-based |war |rights |monitoring )*(?:observatory|network|monitor|watchdog"
        "|monitoring group"
    "|rights group|group|organi[sz]ation|commission|committee|ministry|agency)",
    nameless="(?:(?:local|medical|hospital|health|security|military|field|opposition|rebel"
    "|diplomatic|government"
    "|official|rescue|relief|aid|tribal|community|media|anonymous|unnamed|independent|informed|well-informed"
    "|two|three|four|five|several|some|many|other|few|senior) )*(?:(?:eye-?)?witness(?:es)?"
    "|sources?|activists?"
    "|officials?|authorities|medics?|doctors?|nurses?|paramedics?|rescuers?|rescue teams?|workers?"
    "|journalists?"
    "|reporters?|correspondents?|survivors?|(?:residents?|inhabitants?|villagers?|locals|relatives"
    "|neighbou?rs?"
    "|elders)(?: of .*)?)",
    continues="it |they |of (?:them|those|these|the (?:dead|victims))|among (?:them|those|the (?:dead"
        "|victims))"
    "|those (?:killed|figures)|the (?:dead|victims) (?:include|included)",
    name_article="the|a|'s",
    genitive="of|for",
    was="was|were|has been|have been",
    joins="and",
)  # fmt: skip
