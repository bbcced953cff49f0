"""French, as reports of casualties are written in it. Data only."""

from __future__ import annotations

from service.ingest.draft.languages.nationals import french_nationals
from service.ingest.draft.languages.table import Language
from service.vocabulary import Measure

FRENCH = Language(
    code="fr",
    name="French",
    locales=("fr",),
    common="un de la l d en que se son sa depuis le les des du et à aux au dans une est ont été sur"
    " pour par qui selon dont sont avec plus il"
    ""
        " elle ils"
    " ce cette ces ses leur leurs d'après après mais ne pas a",
    number_joint="(?:[ -]et[ -]|[ -])",
    people="touristes?|veuves?|orphelin(?:e)?s?|bergers?|druzes?|kurdes?|sunnites?|chiites?|passants?|mères"
        "|pères|passagers?|ouvrières?|suspects?|manifestants?|personnes?|habitant(?:e)?s?|hommes?|femmes?"
        "|enfants?|filles?"
    "|garçons?|bébés?|nourrissons?"
        "|syrien(?:ne)?s"
    "|villageois(?:es)?|résident(?:e)?s|membres?|agents?|élèves|étudiant(?:e)?s|enseignant(?:e)?s"
    "|journalistes?"
    "|secouristes?|ouvriers?|paysans?|fidèles|prêtres?|religieux|vieillards|jeunes|proches|frères?|soeurs?"
    "|autres?|individus?|cas|retraités|mineurs|bénévoles|employés|volontaires|otages?|prisonniers|réfugiés"
    "|recrues|arrestations|enlèvements|exécutions|assassinats|noms|\\w+(?:istes|iens|iennes|eurs|euses"
    "|ères)|\\w+(?:[^aeiouy]|g|i)ers",
    things="quartiers?|chantiers?|dossiers?|milliers?|ateliers?|papiers?|sentiers?|moteurs?|secteurs?"
        "|tracteurs?|réacteurs?|heures?|animaux|moutons?|vaches?|chèvres?"
    "|massacres?|%|pour cent|pour-cent|euros?|dollars?|livres|ans?|jours?|heures?|minutes?|h\\b|semaines?"
    "|mois|nuits?"
    "|fois|kilomètres?|km|mètres?|tonnes?|familles?|foyers?|maisons?|villages?|villes?|quartiers?|pays|sites?"
    "|lieux|véhicules?|milliards? (?:de|d')|millions? (?:d'euros|de dollars)|points?",
    bare="à|a|au|aux|dans|en|de|d'|du|des|et|ou|par|pour|sur|sont|ont|est|étaient|ont été|qui|dont|depuis"
        "|selon"
    "|lors|près|parmi|avec|avaient|restent|auraient|ce|cette|d",
    noun="\\w{2,}[sx]",
    not_before="(?:rapport(?: de situation)?|bulletin|communiqué|jour|semaine|phase|à eux|à elles"
        "|tous(?: les)?|toutes(?: les)?|ces|âgée?s?(?: de)?|page|article|résolution|chapitre|numéro|n°"
        "|route|salle|version|année"
        "|en|depuis"
    "|l'un|l'une|fin|début|mi|ces|chacun|aucun|aucune|pas|brigade|division|camp|nationale)",
    whose="(?:ses|mes|(?:il|elle) (?:a|avait)(?: à peine| seulement)?)",
    possible="(?:pourrait|pourraient|risque(?:nt)? de|devrait|devraient|peut|peuvent|s'attend(?:ent)? à"
        "|craint|craignent"
    "|redoute(?:nt)?|menace(?:nt)? de|il est possible)(?: (?:même|encore|bien))?",
    possible_after="(?:pourrait|pourraient|peut|peuvent)(?: (?:bien|encore|aussi|même))? (?:avoir|être)",
    relative="qui|que|dont",
    denial="contrairement|à la différence|démenti|dément|démentent|nié|nie|nient|rejet(?:é|te|tent|er)"
        "|contesté|conteste|réfuté|réfute|faux|aucune preuve"
    "|n'a pas pu (?:confirmer|vérifier)|ne peut (?:confirmer|vérifier)|pas été en mesure de (?:confirmer"
    "|vérifier)",
    denial_after="(?:a|ont) été (?:démenti|contesté|rejeté|réfuté)(?:e|s|es)?|est contesté(?:e|s)?",
    contrast="mais|tandis que|alors que|cependant|affirmant|assurant|qui",
    previous="(?:d'abord|initialement)(?: \\w+){0,3}?(?: de)?|contre|par rapport (?:à|aux)"
    "|en comparaison|comparé(?:e|es|s)? (?:à|aux)|au lieu de"
        "|à la différence"
    "|bilan (?:précédent|antérieur|initial) (?:de|faisant état de)|précédent bilan de|plutôt que",
    previous_after="la veille|le jour précédent|un jour plus tôt|une semaine plus tôt|auparavant"
        "|précédemment",
    reached="à|au|aux",
    rose="(?:passé|passée|passe|passait|monté|montée|monte|augmenté|grimpé|bondi|relevé|revu|révisé"
        "|corrigé|réduit|abaissé|ramené|est allé|alourdi)",
    not_all="(?:l'un|l'une|aucun|aucune|certains|la plupart|plusieurs|seul|seuls|tous)",
    of_the="(?:des|de ces|de ses|de leurs|parmi les|sur les|d'entre)",
    share="(?:tiers|quarts?|moitié|plupart|majorité|un|une|aucun|aucune|certains|seuls|\\d+|deux|trois"
        "|quatre|%) (?:des|de ces|de ses|sur)",
    other_deed="rentr(?:é|ée|és|ées)|revenu(?:e|s|es)?|retourné(?:e|s|es)?|libéré(?:e|s|es)?|relâché(?:e"
    "|s|es)?|interrogé(?:e|s|es)?|survécu|évacué(?:e|s|es)?|sauvé(?:e|s|es)?",
    number_of="(?:nombre|bilan|décompte|mort) (?:de |des |d')",
    conjunction="et|mais|tandis que",
    pronoun="il|elle|ils|elles|l'organisation|l'ong",
    of_them="dont|parmi (?:eux|elles|lesquels|lesquelles)|d'entre eux|y compris|notamment|au nombre desquels",
    article="un|une",
    one="morts?|blessés?|tués?|disparus?|otages?",
    one_did="(?:a|avait|est|a également|ont|avaient|sont) (?:été|péri|mort|morte|trouvé|perdu|succombé"
        "|décédé)",
    also="et|dont|parmi lesquel(?:le)?s",
    measures={
        Measure.CASUALTIES: "(?:tués?|tuées?|morts?) (?:et|ou|et/ou) (?:blessés?|blessées?)|morts et blessés",
        Measure.KILLED: "tué(?:e|s|es)?|tuer|tuant|tue|mort(?:e|s|es)?|meurtres?|décès|décédé(?:e|s|es)?"
            "|péri|périt"
        "|massacré(?:e|s|es)?|exécuté(?:e|s|es)?|assassiné(?:e|s|es)?|abattu(?:e|s|es)?|trouvé la mort"
        "|perdu la vie|perdu(?= (?:[a-z]+ ){0,3}(?:hommes|soldats|membres|combattants|\\d))|coûté la vie"
        "|victimes?|bilan|tombé(?:e|s|es)?|noyé(?:e|s|es)?|noyades?|succombé|fusillé(?:e|s|es)?"
        "|égorgé(?:e|s|es)?"
        "|martyrs?|vies",
        Measure.INJURED: "blessé(?:e|s|es)?|blessant|blesser|blessures",
        Measure.MISSING: "disparu(?:e|s|es)?|portés? disparus?|sans nouvelles|disparitions?",
        Measure.DISPLACED: "déplacé(?:e|s|es)?|fui|fuient|fuyant|fuir|réfugié(?:e|s|es)?|déplacements?"
            "|exode|trouv(?:é|er|ent) refuge|cherch(?:é|er|ent) refuge|arrivé(?:e|s|es)? (?:au|en)"
            "|chassé(?:e|s"
        "|es)?|quitté leurs? (?:maisons?|foyers?|domiciles?|villages?)|passé la frontière"
        "|franchi la frontière"
        "|traversé la frontière",
        Measure.DETAINED: "détenu(?:e|s|es)?|arrêté(?:e|s|es)?|arrestations?|interpellé(?:e|s|es)?"
            "|emprisonné(?:e|s|es)?"
        "|incarcéré(?:e|s|es)?",
        Measure.ABDUCTED: "enlevé(?:e|s|es)?|enlèvements?|kidnappé(?:e|s|es)?|otages?",
    },
    bodies="corps|cadavres?|dépouilles?",
    body_actions={
        Measure.BODIES_BURIED: "enterré(?:e|s|es)?|inhumé(?:e|s|es)?|enseveli(?:e|s|es)?|mis en terre",
        Measure.BODIES_RECOVERED: "retrouvé(?:e|s|es)?|récupéré(?:e|s|es)?|découvert(?:e|s|es)?"
            "|extrait(?:e|s|es)?"
        "|retiré(?:e|s|es)?|ramassé(?:e|s|es)?|dégagé(?:e|s|es)?|sorti(?:e|s|es)?|exhumé(?:e|s|es)?"
        "|relevé(?:e|s|es)?|repêché(?:e|s|es)?",
    },
    nationals=french_nationals(),
    populations=(
        ("pro_assad_fighters", "(?:combattants?|miliciens?|hommes armés|insurgés|partisans|forces"
         "|éléments|groupes)"
         "(?: armés)? (?:pro-Assad|loyaux (?:à|au) (?:\\w+ ){0,3}?Assad|fidèles (?:à|au) (?:\\w+ ){0,3}?"
         "Assad|loyalistes|de l'ancien (?:régime|pouvoir))|loyalistes|partisans (?:de|d'"
         "|du) (?:\\w+ ){0,3}?Assad"
         "|insurgés"),
        ("security_forces", "(?:membres?|éléments?|agents?|hommes) (?:de |des |du )(?:la "
         "|l')?(?:\\w+ ){0,2}?(?:forces"
         "(?: de (?:la )?sécurité| de l'ordre| gouvernementales)?|sécurité|armée|police)(?: générale)?"
         "|soldats?"
         "|militaires?|policiers?|forces (?:de (?:la )?sécurité|de l'ordre|gouvernementales)|gendarmes?"
         "|conscrits"),
        ("aid_workers", "(?:travailleurs?|personnels?|employés?|agents?) humanitaires?|humanitaires"
        "|(?:secouristes?|volontaires|bénévoles)(?: \\w+)? (?:du|de la) Cro(?:issant"
        "|ix)-Rouge(?: \\w+){0,2}"),
        ("medical_personnel", "médecins?|infirmi(?:er|ère)s?|soignants?|secouristes médicaux|ambulanciers?"
         "|pharmaciens?|(?:personnels?|membres du personnel) (?:de santé|médic(?:al|aux)|soignants?)"),
        ("alawite_civilians", "civils alaouites|alaouites?|(?:membres de la |de la )(?:communauté"
         "|minorité) alaouite"),
        ("christian_civilians", "civils chrétiens|chrétien(?:ne)?s?"),
        ("children", "enfants?|mineurs|nourrissons|bébés"),
        ("female", "femmes et (?:de |des )?(?:jeunes )?(?:filles|fillettes)|filles et (?:de |des )?femmes"),
        ("women", "femmes?"),
        ("civilians", "civil(?:e|s|es)?|non-combattants"),
        ("combatants", "combattants?|hommes armés|miliciens?|assaillants?"),
        ("all", "personnes?|individus|victimes|habitants?|hommes|autres|corps|villageois|cadavres?"),
    ),
    both="(?:\\w+ ){0,2}(?:femmes et (?:d')?enfants|enfants et (?:de )?femmes|femmes et des enfants)",
    all_of="(?:tous|toutes)(?: des| de)?",
    blame="par|aux mains (?:de|des|du)|attribué(?:e|s|es)? (?:à|aux)|imputé(?:e|s|es)? (?:à|aux)|contre"
    "|affrontements? avec",
    partly="(?:la plupart|la majorité|pour la plupart|en majorité|principalement|majoritairement"
        "|essentiellement"
    "|une majorité|surtout|beaucoup|en grande partie|pour moitié)",
    toll_of=(("security_forces", "(?:forces de (?:la )?sécurité|armée|police"
        "|forces gouvernementales) (?:ont|a|avait"
     "|avaient|aurait|auraient) perdu"), ("civilians", "(?:bilan|victimes|morts|décès|pertes) civil(?:e|s"
     "|es)?"),),
    level_before="(?:(?:seule? )?(?:province|gouvernorat|district|ville|village|quartier|région|localité"
        "|campagne"
        "|banlieue) (?:de"
    " |d'|du )(?:la |l')?)",
    level_after="",
    direction="(?:nord|sud|est|ouest|centre)(?:-(?:est|ouest))? (?:de|du)(?: la| l')?",
    joint="(?:,? et |, ?|/|,? ainsi que )(?:(?:à|dans|de|d'|près de|celle de|celui de) ?)*"
    "(?:l[ae] |l'|les )?",
    leads="(?:,|:| :| seule?,?|;| (?:a |ont )?(?:perdu|compté|pleuré|enterré))(?: où)?",
    close="(?: \\w+){0,2} (?:à|au|dans|en|près de|autour de|sur|aux alentours de)(?: (?:la|le|celle de"
        "|celui de|les))?",
    day="(?:\\d{1,2}|1er)",
    in_place="à|dans|en|près de",
    date_joint=" ?- ?| et (?:le )?| au | à | jusqu'au ",
    before_month="",
    before_year=" ",
    yesterday="hier|la veille",
    today="aujourd'hui",
    weekend="week-end|fin de semaine",
    since="(?:depuis|à partir|à compter|dès)(?: du| de)?(?: le)?(?: la journée du?)?",
    until="(?:jusqu'au|au|à la date du|en date du|d'ici au|d'ici le|avant le|jusqu'à)(?: soir du| matin du)?",
    in_year="en|de|l'année",
    cited="(?:selon|d'après|citant|cité par|de source|(?:chiffres|données|bilan|décompte|statistiques"
        "|estimations?) (?:de"
    "|du|d'|fournis? par)|(?:documenté|recensé|enregistré|établi|vérifié|publié|communiqué|rapporté"
    "|compté|fourni"
    "|dénombré)(?:e|s|es)? par)(?: (?:les chiffres|le bilan|les données|un décompte|un bilan) (?:de|du"
    "|d'))?(?: ?(?:la|le|les|l'|une?))?(?: (?:ong|agence(?: de presse)?|agence"
    " officielle|organisation|association))?",
    says="(?:(?:a|ont|avait|avaient) )?(?:également |aussi |pu )?(?:dit|déclaré|indiqué|annoncé|affirmé"
        "|rapporté"
    "|précisé|recensé|documenté|dénombré|compté|comptabilisé|enregistré|fait état|recensait|comptait"
    "|dénombrait|évoquait|parlait|estimait|comptabilisait|documentait|faisait état|répertorié|répertorie"
    "|confirmé|estimé|signalé|vérifié"
    "|vérifier|établir|confirmer|documenter|recenser|dénombrer|identifier|identifié|fait savoir|ajouté"
    "|révélé|établi|évalué|chiffré|averti|noté|souligné|rappelé|relevé|constaté|conclu|assuré"
    "|recueilli|publié|listé|avancé|donné)|dit|déclare|indique|annonce|affirme|rapporte|précise|recense"
    "|documente|dénombre"
    "|compte|fait état|confirme|estime|signale|évalue|note|souligne|ajoute|avance|assure|donne|parle",
    handled="(?:a|ont|avait|avaient) (?:soigné|secouru|porté secours|pris en charge|hospitalisé)",
    one_article="une?",
    between_says="(?:qui|également|aussi|pour sa part|de son côté|encore|mardi|lundi|mercredi|jeudi|vendredi"
    "|samedi|dimanche)",
    owns=" :",
    told="(?:à|auprès de|au micro de)(?: ?(?:la|l'|le))?",
    watch="(?:l'|cette |cet |ce |le |la )(?:observatoire|ong|réseau|organisation|association|organisme"
        "|agence|commission|comité"
    "|ministère)(?: syrien)?",
    nameless="(?:(?:temoins?|sources?|activistes?|militant(?:e)?s?|responsables?|autorites|medecins?"
        "|infirmier(?:e)?s?"
    "|secouristes?|sauveteurs?|journalistes?|correspondants?|survivants?|rescapes?)(?: (?:locales?|locaux"
    "|medicales?|medicaux|hospitalieres?|hospitaliers?|securitaires?|militaires?|humanitaires?|oculaires?"
    "|officielles?|officiels?|anonymes?|concordantes?|diplomatiques?|sanitaires?|sur place))*"
    "|(?:habitant(?:e)?s?|riverains?|villageois(?:es)?|proches|voisins?)(?: d.*)?)",
    continues="(?:parmi (?:eux|elles|les (?:victimes|morts|tués))|il |elle |ils |elles |ce bilan|sur ce total"
    "|d'entre eux)",
    prefix="(?:[dlnsmtcj]'|qu'|jusqu')",
    name_article="la|le|les|l'|une?",
    genitive="de|des|du|d'|pour",
    nobody="personne(?= n'(?:a ete|est|avait ete) (?:tue|blesse|mort))"
    "|aucune?(?= (?:mort|deces|blesse|tue|victime|(?:\\w+ ){1,2}n'a ete (?:tue|blesse))(?!\\w)"
    "(?! n'(?:a|est)))",
    was="a|ont|est|sont|a été|ont été|avaient été",
    joins="et",
)  # fmt: skip
